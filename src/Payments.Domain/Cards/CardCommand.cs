using System.Text.Json.Serialization;
using Payments.Domain.Wire;

namespace Payments.Domain.Cards;

/// <summary>What a saga asks of the card processor. An act of an operation has one idempotency key: asked again, it happens once.</summary>
public abstract record CardCommand
{
    private CardCommand()
    {
    }

    [JsonIgnore]
    public CardAct Act => this switch
    {
        Authorise => CardAct.Authorise,
        Capture => CardAct.Capture,
        Void => CardAct.Void,
        Refund => CardAct.Refund,
        _ => throw new UnreachableStateException(this, null),
    };

    /// <summary>The payment or refund that this is part of.</summary>
    [JsonIgnore]
    public OperationId For => this switch
    {
        Authorise c => c.Operation,
        Capture c => c.Operation,
        Void c => c.Operation,
        Refund c => c.Operation,
        _ => throw new UnreachableStateException(this, null),
    };

    /// <summary>The idempotency key under which the processor knows this act.</summary>
    [JsonIgnore]
    public string Key => KeyOf(For, Act);

    public static string KeyOf(OperationId operation, CardAct act) => $"{operation}.{act.ToString().ToLowerInvariant()}";

    /// <summary>Sets money aside on the card.</summary>
    public sealed record Authorise(OperationId Operation, CardToken Token, Money Amount) : CardCommand;

    /// <summary>Takes the money that was authorised for the same operation.</summary>
    public sealed record Capture(OperationId Operation, Money Amount) : CardCommand;

    /// <summary>Undoes the operation's authorisation, whether it was made or may still arrive.</summary>
    public sealed record Void(OperationId Operation, Money Amount) : CardCommand;

    /// <summary>Gives back money that was captured for a payment.</summary>
    public sealed record Refund(OperationId Operation, PaymentId Payment, Money Amount) : CardCommand;
}

[JsonConverter(typeof(NameConverter<CardAct>))]
public enum CardAct
{
    Authorise,
    Capture,
    Void,
    Refund,
}

/// <summary>What the card processor has said about one act: certain, never guessed.</summary>
/// <param name="Amount">What the act was about, approved or not.</param>
/// <param name="DeclineCode">Null: it was done.</param>
public sealed record CardAnswer(OperationId Operation, CardAct Act, Money Amount, string? DeclineCode)
{
    [JsonIgnore]
    public bool IsApproved => DeclineCode is null;
}
