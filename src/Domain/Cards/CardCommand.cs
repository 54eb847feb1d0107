using System.Globalization;

namespace Payments.Domain.Cards;

/// <summary>
/// What a saga asks of the card processor. An act of an operation has one idempotency key, however often it is asked, until it is declined.
/// </summary>
public abstract record CardCommand
{
    private CardCommand()
    {
    }

    public CardAct Act => this switch
    {
        Authorise => CardAct.Authorise,
        Capture => CardAct.Capture,
        Void => CardAct.Void,
        Refund => CardAct.Refund,
        _ => throw new UnreachableStateException(this, null),
    };

    /// <summary>The payment or refund that this is part of.</summary>
    public OperationId For => this switch
    {
        Authorise c => c.Operation,
        Capture c => c.Operation,
        Void c => c.Operation,
        Refund c => c.Operation,
        _ => throw new UnreachableStateException(this, null),
    };

    /// <summary>How often the processor has declined this act before: it would say so again for ever under the keys it had then.</summary>
    public int DeclinedBefore => this switch
    {
        Void { Declines: var declines } => declines,
        Refund { Declines: var declines } => declines,
        _ => 0,
    };

    /// <summary>The idempotency key under which the processor knows this act.</summary>
    public string Key => KeyOf(For, Act, DeclinedBefore);

    /// <param name="declines">How often the act was declined under other keys before.</param>
    public static string KeyOf(OperationId operation, CardAct act, int declines = 0)
    {
        var key = $"{operation}.{act.ToString().ToLowerInvariant()}";
        return declines == 0 ? key : string.Create(CultureInfo.InvariantCulture, $"{key}.{declines + 1}");
    }

    /// <summary>Sets money aside on the card.</summary>
    public sealed record Authorise(OperationId Operation, CardToken Token, Money Amount) : CardCommand;

    /// <summary>Takes the money that was authorised for the same operation.</summary>
    public sealed record Capture(OperationId Operation, Money Amount) : CardCommand;

    /// <summary>Undoes the operation's authorisation, whether it was made or may still arrive.</summary>
    /// <param name="Declines">
    /// How often it was declined before. It may be asked again then: it is done when nothing is authorised any more, whichever request
    /// brought that about.
    /// </param>
    public sealed record Void(
        OperationId Operation,
        Money Amount,
        int Declines = 0) : CardCommand;

    /// <summary>Gives back money that was captured for a payment: for a refund, or because the payment is being undone.</summary>
    /// <param name="Declines">
    /// How often it was declined before, where a capture is being undone. It may be asked again then: a request that was declined has no
    /// effect, now or later, so that at most the last one gives money back.
    /// </param>
    public sealed record Refund(
        OperationId Operation,
        PaymentId Payment,
        Money Amount,
        int Declines = 0) : CardCommand;
}

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
/// <param name="Declines">Of the command that it answers, <see cref="CardCommand.DeclinedBefore"/>.</param>
public sealed record CardAnswer(
    OperationId Operation,
    CardAct Act,
    Money Amount,
    string? DeclineCode,
    int Declines = 0)
{
    public bool IsApproved => DeclineCode is null;
}
