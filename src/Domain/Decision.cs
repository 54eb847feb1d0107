using System.Collections.Immutable;

namespace Payments.Domain;

/// <summary>What a command leads to: events to store (none when it was already done), or a business refusal.</summary>
public abstract record Decision<TEvent>
{
    private Decision()
    {
    }

    /// <summary>The command is executed; an empty list means that the same command was executed before.</summary>
    public sealed record Accepted(ImmutableArray<TEvent> Events) : Decision<TEvent>;

    /// <summary>The command breaks a rule of the business; nothing happened.</summary>
    public sealed record Refused(Refusal Reason) : Decision<TEvent>;
}

/// <summary>Why a command was refused.</summary>
/// <param name="Code">Stable snake_case code for programs, for example <c>insufficient_funds</c>.</param>
/// <param name="Message">One sentence for people.</param>
public sealed record Refusal(string Code, string Message);

/// <summary>The codes of all refusals and failures: part of the public API, never renamed.</summary>
public static class RefusalCodes
{
    public const string AlreadyExists = "already_exists";
    public const string AmountBelowFee = "amount_below_fee";
    public const string AmountOutOfRange = "amount_out_of_range";
    public const string AnswerDiffers = "answer_differs";
    public const string BalanceLimit = "balance_limit";
    public const string CardDeclined = "card_declined";
    public const string CardProcessorUnavailable = "card_processor_unavailable";
    public const string CompensatedByOperator = "compensated_by_operator";
    public const string CreditNotFound = "credit_not_found";
    public const string CurrencyMismatch = "currency_mismatch";
    public const string HoldNotFound = "hold_not_found";
    public const string HoldOfOperation = "hold_of_operation";
    public const string InsufficientFunds = "insufficient_funds";
    public const string LimitPerDay = "limit_per_day";
    public const string LimitPerTransaction = "limit_per_transaction";
    public const string NotRefundable = "not_refundable";
    public const string OutcomeIsRecorded = "outcome_is_in_the_books";
    public const string OverdraftInUse = "overdraft_in_use";
    public const string PaymentFinal = "payment_final";
    public const string PaymentNotCompleted = "payment_not_completed";
    public const string PaymentNotFound = "payment_not_found";
    public const string RefundExceedsPayment = "refund_exceeds_payment";
    public const string RefundNotFound = "refund_not_found";
    public const string RefundOfRefund = "refund_of_refund";
    public const string SagaEnded = "saga_ended";
    public const string SagaNotFound = "saga_not_found";
    public const string SameWallet = "same_wallet";
    public const string TooLateToCompensate = "too_late_to_compensate";
    public const string TooManyHolds = "too_many_holds";
    public const string TooManyRefunds = "too_many_refunds";
    public const string WalletFrozen = "wallet_frozen";
    public const string WalletNotFound = "wallet_not_found";
}

/// <summary>A fold met an event that its state cannot have: a corrupt stream or a bug. Stop, never skip.</summary>
/// <remarks>
/// It says of what kind the two are and which aggregate it is, never what they contain: its message gets into logs, alerts and answers,
/// and a state contains persons and card tokens.
/// </remarks>
public sealed class UnreachableStateException(object? state, object? happened)
    : InvalidOperationException(
        $"{happened?.GetType().Name ?? "nothing"} cannot happen to {state?.GetType().Name ?? "nothing"}: "
        + $"{(state as IIdentified)?.Identity}.");

/// <summary>A state that can be named without telling what is in it.</summary>
internal interface IIdentified
{
    string Identity { get; }
}
