namespace Payments.Domain.Wallets;

/// <summary>What one wallet can be asked to do. Ids and lifetimes come in with the command, so that deciding stays pure.</summary>
public abstract record WalletCommand
{
    private WalletCommand()
    {
    }

    public sealed record Open(WalletId Wallet, UserId Owner, Currency Currency) : WalletCommand;

    public sealed record Deposit(MovementId Movement, Money Amount, string? Reference) : WalletCommand;

    public sealed record Withdraw(MovementId Movement, Money Amount, string? Reference) : WalletCommand;

    /// <summary>Sets money aside for a payment. Without a capture it falls back after <paramref name="LifetimeSeconds"/>.</summary>
    public sealed record Hold(WalletId Wallet, HoldId Id, PaymentId Payment, Money Amount, int LifetimeSeconds) : WalletCommand;

    public sealed record Release(WalletId Wallet, HoldId Id, PaymentId Payment) : WalletCommand;

    /// <summary>Takes held money out for good; less than was held is a partial capture, the rest becomes available again.</summary>
    public sealed record Capture(WalletId Wallet, HoldId Id, PaymentId Payment, Money Amount, WalletId Payee) : WalletCommand;

    public sealed record Credit(WalletId Wallet, PaymentId Payment, Money Amount, WalletId Payer) : WalletCommand;
}
