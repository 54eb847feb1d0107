namespace Payments.Domain.Wallets;

/// <summary>What has happened to one wallet. Facts: past tense, immutable, never renamed once stored.</summary>
public abstract record WalletEvent
{
    private WalletEvent()
    {
    }

    public sealed record Opened(WalletId Wallet, UserId Owner, Currency Currency) : WalletEvent;

    public sealed record Deposited(MovementId Movement, Money Amount, string? Reference) : WalletEvent;

    /// <param name="On">The day (UTC) whose limit it counts against; null when it was not counted.</param>
    public sealed record Withdrawn(MovementId Movement, Money Amount, string? Reference, DateOnly? On) : WalletEvent;

    /// <summary>Part of what is available is set aside: no longer available, not yet gone.</summary>
    /// <param name="On">The day (UTC) whose limit it counts against; null when it is not counted.</param>
    /// <param name="Reference">Of a reservation, in the client's words.</param>
    public sealed record FundsHeld(
        HoldId Hold,
        OperationId Operation,
        Money Amount,
        DateTimeOffset ExpiresAt,
        HoldPurpose Purpose,
        DateOnly? On,
        string? Reference = null) : WalletEvent;

    /// <summary>A hold was asked for and there was not enough. An outcome, kept like any other.</summary>
    public sealed record FundsInsufficient(HoldId Hold, OperationId Operation, Money Wanted, Money Available) : WalletEvent;

    /// <summary>A hold was asked for and a rule of the business stood against it.</summary>
    public sealed record HoldRefused(HoldId Hold, OperationId Operation, Money Amount, string Code) : WalletEvent;

    public sealed record HoldReleased(HoldId Hold, OperationId Operation, Money Amount) : WalletEvent;

    /// <summary>Nobody captured or released it in time: the money is available again.</summary>
    public sealed record HoldExpired(HoldId Hold, OperationId Operation, Money Amount) : WalletEvent;

    /// <summary>Asked to release a hold that is not open: there is nothing to give back, and if it is still to come it stays out.</summary>
    public sealed record HoldNotOpen(HoldId Hold, OperationId Operation) : WalletEvent;

    /// <summary>Held money left the wallet; what was held beyond <paramref name="Amount"/> became available again.</summary>
    /// <param name="Payee">Null: it left the platform.</param>
    public sealed record HoldCaptured(HoldId Hold, OperationId Operation, Money Amount, Money Released, WalletId? Payee) : WalletEvent;

    /// <summary>Held money could not be taken: the operation must go back.</summary>
    public sealed record CaptureRefused(HoldId Hold, OperationId Operation, Money Amount, string Code) : WalletEvent;

    /// <param name="Amount">Before the fee.</param>
    /// <param name="Payer">Null: it came from a card.</param>
    /// <param name="Purpose">A payment, or money that comes back.</param>
    public sealed record FundsCredited(
        OperationId Operation,
        Money Amount,
        WalletId? Payer,
        HoldPurpose Purpose = HoldPurpose.Payment) : WalletEvent;

    /// <summary>What the platform keeps of the credit before it.</summary>
    public sealed record FeeCharged(OperationId Operation, Money Amount) : WalletEvent;

    /// <summary>Money could not be taken in: the operation must go back.</summary>
    public sealed record CreditRefused(OperationId Operation, Money Amount, string Code) : WalletEvent;

    public sealed record FeeReturned(OperationId Operation, Money Amount) : WalletEvent;

    /// <summary>A credit was taken back: the operation failed after it.</summary>
    public sealed record CreditReversed(OperationId Operation, Money Amount, WalletId? Payer) : WalletEvent;

    /// <summary>A credit could not be taken back, for the money is not there any more: a person must see to it.</summary>
    public sealed record CreditReversalRefused(OperationId Operation, Money Amount, string Code) : WalletEvent;

    public sealed record Frozen(string Reason) : WalletEvent;

    public sealed record Unfrozen(string Reason) : WalletEvent;

    /// <param name="Reason">Null where nobody gave one.</param>
    public sealed record OverdraftSet(
        Money Limit, string? Reason = null) : WalletEvent;
}

/// <summary>What money is held or credited for.</summary>
public enum HoldPurpose
{
    /// <summary>A payment or transfer: counts against the payer's limits.</summary>
    Payment,

    /// <summary>Money that goes back: no limit stands against that.</summary>
    Refund,

    /// <summary>Set aside by a client through the API: counts against the limits.</summary>
    Reservation,
}
