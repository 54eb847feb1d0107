using Payments.Domain;

namespace Payments.SagaService.Cards;

/// <summary>The card processor, as the card step needs it. Each request has an idempotency key: sent again, it happens once.</summary>
public interface ICardProcessor
{
    /// <summary>What the processor did under a key; null when it knows of no such request, so that none had an effect until now.</summary>
    /// <exception cref="CardTroubleException">It has not said.</exception>
    Task<CardOperation?> FindAsync(string key, CancellationToken cancel);

    /// <summary>Asks for something to be done.</summary>
    /// <exception cref="CardTroubleException">It has not said what it did: whether it did anything is not known.</exception>
    Task<CardOperation> SendAsync(CardRequest request, CancellationToken cancel);
}

/// <summary>What is asked of the processor, in its own words.</summary>
public abstract record CardRequest(string Key)
{
    public sealed record Authorise(string Key, CardToken Token, Money Amount, string Reference) : CardRequest(Key);

    public sealed record Capture(string Key, string AuthorisationId, Money Amount) : CardRequest(Key);

    public sealed record Refund(string Key, string AuthorisationId, Money Amount) : CardRequest(Key);

    /// <summary>Undoes what was authorised under a key, or keeps it from ever being, should it arrive later.</summary>
    public sealed record Reverse(string Key, string OriginalKey) : CardRequest(Key);
}

/// <summary>What the processor did under a key.</summary>
/// <param name="DeclineCode">Null: it was approved.</param>
/// <param name="AuthorisationId">The processor's name for the authorisation that this belongs to.</param>
/// <param name="Currency">Null where nothing was found to undo.</param>
public sealed record CardOperation(string Key, string? DeclineCode, string? AuthorisationId, long Amount, string? Currency)
{
    public bool IsApproved => DeclineCode is null;
}

/// <summary>The processor has not answered, or not so that it is an answer.</summary>
/// <param name="wasSent">False only when it is certain that the request has not left this process.</param>
public sealed class CardTroubleException(string message, bool wasSent, Exception? inner = null) : Exception(message, inner)
{
    public bool WasSent => wasSent;
}
