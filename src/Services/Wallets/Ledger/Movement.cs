using Payments.Domain;
using Payments.Domain.Wallets;

namespace Payments.WalletService.Ledger;

/// <summary>The ledger row of a movement, as <c>apply_ledger_entries</c> takes it.</summary>
/// <param name="CounterAccount">The other side of the double entry: with it the sum over all accounts of a currency stays zero.</param>
internal sealed record LedgerRow(
    Guid WalletId,
    long Version,
    string Kind,
    Guid MovementId,
    long Amount,
    string Currency,
    long Balance,
    string CounterAccount,
    Guid? Counterparty,
    string? Reference,
    DateTimeOffset RecordedAt);

/// <summary>A credit that is taken back, as <c>apply_credit_reversals</c> takes it.</summary>
internal sealed record CreditReversalRow(Guid WalletId, Guid OperationId, long Amount, string Currency);

/// <summary>The accounts of the platform, one of each in every currency.</summary>
internal static class SystemAccounts
{
    /// <summary>The outside world: cards, and money that comes in or goes out by hand.</summary>
    public const string CardClearing = "card-clearing";

    /// <summary>What the platform has earned.</summary>
    public const string Fees = "fees";

    /// <summary>Money between one wallet's credit and the other's capture: zero whenever nothing is on its way.</summary>
    public const string Suspense = "suspense";
}

/// <summary>What an event moves.</summary>
/// <param name="Amount">Minor units; negative when money leaves the wallet.</param>
internal sealed record Movement(
    string Kind, Guid Id, long Amount, string CounterAccount, WalletId? Counterparty = null, string? Reference = null)
{
    /// <param name="holdOf">The hold as it was before a capture.</param>
    /// <returns>Null: no money moved.</returns>
    public static Movement? Of(WalletEvent e, Func<HoldId, OpenHold> holdOf) => e switch
    {
        WalletEvent.Deposited d => new("deposit", d.Movement.Value, d.Amount.Minor, SystemAccounts.CardClearing, Reference: d.Reference),
        WalletEvent.Withdrawn d => new(
            "withdrawal", d.Movement.Value, -d.Amount.Minor, SystemAccounts.CardClearing, Reference: d.Reference),
        WalletEvent.FundsCredited c => new(
            c.Purpose == HoldPurpose.Refund ? "refund_in" : "payment_in", c.Operation.Value, c.Amount.Minor, AccountOf(c.Payer), c.Payer),
        WalletEvent.FeeCharged c => new("fee", c.Operation.Value, -c.Amount.Minor, SystemAccounts.Fees),
        WalletEvent.HoldCaptured c => Captured(c, holdOf(c.Hold)),
        WalletEvent.FeeReturned c => new("fee_returned", c.Operation.Value, c.Amount.Minor, SystemAccounts.Fees),
        WalletEvent.CreditReversed c => new("reversal", c.Operation.Value, -c.Amount.Minor, AccountOf(c.Payer), c.Payer),
        _ => null, // Opened, held, released, expired, refused, frozen, overdraft.
    };

    private static Movement Captured(WalletEvent.HoldCaptured c, OpenHold hold)
    {
        var kind = hold.Purpose switch
        {
            HoldPurpose.Payment => "payment_out",
            HoldPurpose.Refund => "refund_out",
            HoldPurpose.Reservation => "capture_out",
            var other => throw new UnreachableStateException(other, c),
        };
        return new(kind, c.Operation.Value, -c.Amount.Minor, AccountOf(c.Payee), c.Payee, hold.Reference);
    }

    // Without a wallet on the other side, the other side is outside.
    private static string AccountOf(WalletId? other) => other is null ? SystemAccounts.CardClearing : SystemAccounts.Suspense;
}
