namespace Payments.Domain.Wallets;

/// <summary>What has happened to one wallet. Facts: past tense, immutable, never renamed once stored.</summary>
public abstract record WalletEvent
{
    private WalletEvent()
    {
    }

    public sealed record Opened(WalletId Wallet, UserId Owner, Currency Currency) : WalletEvent;

    public sealed record Deposited(MovementId Movement, Money Amount, string? Reference) : WalletEvent;

    public sealed record Withdrawn(MovementId Movement, Money Amount, string? Reference) : WalletEvent;

    /// <summary>Part of the balance is set aside: no longer available, not yet gone.</summary>
    public sealed record FundsHeld(HoldId Hold, PaymentId Payment, Money Amount, DateTimeOffset ExpiresAt) : WalletEvent;

    /// <summary>A hold was asked for and not granted. An outcome, kept like any other.</summary>
    public sealed record FundsInsufficient(HoldId Hold, PaymentId Payment, Money Wanted, Money Available) : WalletEvent;

    public sealed record HoldReleased(HoldId Hold, PaymentId Payment, Money Amount) : WalletEvent;

    /// <summary>Held money left the wallet; what was held beyond <paramref name="Amount"/> became available again.</summary>
    public sealed record HoldCaptured(HoldId Hold, PaymentId Payment, Money Amount, Money Released, WalletId Payee) : WalletEvent;

    public sealed record FundsCredited(PaymentId Payment, Money Amount, WalletId Payer) : WalletEvent;

    /// <summary>Money could not be taken in: the payment must go back.</summary>
    public sealed record CreditRefused(PaymentId Payment, Money Amount, string Code) : WalletEvent;
}
