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

    /// <summary>Sets money aside for an operation. Without a capture it falls back after <paramref name="LifetimeSeconds"/>.</summary>
    public sealed record Hold(
        WalletId Wallet,
        HoldId Id,
        OperationId Operation,
        Money Amount,
        int LifetimeSeconds,
        HoldPurpose Purpose,
        string? Reference = null) : WalletCommand;

    public sealed record Release(WalletId Wallet, HoldId Id, OperationId Operation) : WalletCommand;

    /// <summary>The hold's time is over; executed only when it is.</summary>
    public sealed record ExpireHold(HoldId Id) : WalletCommand;

    /// <summary>Takes held money out for good; less than was held is a partial capture, the rest becomes available again.</summary>
    /// <param name="Payee">Null: the money leaves the platform.</param>
    public sealed record Capture(WalletId Wallet, HoldId Id, OperationId Operation, Money Amount, WalletId? Payee) : WalletCommand;

    /// <param name="Fee">Kept back from the amount.</param>
    /// <param name="Payer">Null: the money comes from a card.</param>
    /// <param name="Purpose">A payment, or money that comes back.</param>
    public sealed record Credit(
        WalletId Wallet,
        OperationId Operation,
        Money Amount,
        Money Fee,
        WalletId? Payer,
        HoldPurpose Purpose = HoldPurpose.Payment)
        : WalletCommand;

    /// <summary>Takes back a credit that is known to have been made, fee and all: the operation is being undone.</summary>
    public sealed record ReverseCredit(WalletId Wallet, OperationId Operation, Money Amount, Money Fee, WalletId? Payer) : WalletCommand;

    /// <summary>Nothing goes out or comes in any more, except what is needed to end what has begun.</summary>
    public sealed record Freeze(string Reason) : WalletCommand;

    public sealed record Unfreeze(string Reason) : WalletCommand;

    /// <summary>How far below zero the balance may go.</summary>
    public sealed record SetOverdraft(Money Limit, string? Reason = null) : WalletCommand;
}
