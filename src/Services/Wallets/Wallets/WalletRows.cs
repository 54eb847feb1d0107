using System.Text.Json;
using Payments.Domain;
using Payments.Domain.Wallets;
using Payments.EventStore.Aggregates;
using Payments.EventStore.Contract;
using Payments.WalletService.Answers;
using Payments.WalletService.Holds;
using Payments.WalletService.Ledger;

namespace Payments.WalletService.Wallets;

/// <summary>The rows that a change of a wallet writes, in the transaction of its events.</summary>
internal static class WalletRows
{
    /// <summary>To be raised when the same events lead to other rows.</summary>
    public const int Version = 3;

    public static readonly IReadOnlyList<string> Tables = ["wallets", "ledger_entries", "account_balances", "holds", "refusals"];

    public static IEnumerable<ProjectionRow> Of(Change<Wallet, WalletEvent> change)
    {
        var wallet = change.After.State!;
        var view = WalletViews.Of(wallet, change.After.Version);
        yield return new("wallets", JsonSerializer.SerializeToUtf8Bytes(view, WalletJson.Default.WalletView));

        // The balance after the last event is known; those before it follow backwards from the amounts.
        var balance = wallet.Posted.Minor;
        foreach (var (e, _, version) in change.Events.Reverse())
        {
            if (Movement.Of(e, hold => HoldOf(change, hold)) is not { } moved)
            {
                continue;
            }

            var row = new LedgerRow(
                wallet.Id.Value,
                version,
                moved.Kind,
                moved.Id,
                moved.Amount,
                wallet.Currency.Code,
                balance,
                moved.CounterAccount,
                moved.Counterparty?.Value,
                moved.Reference,
                change.RecordedAt ?? change.DecidedAt);
            balance -= moved.Amount;
            yield return new("ledger_entries", JsonSerializer.SerializeToUtf8Bytes(row, WalletJson.Default.LedgerRow));
        }

        foreach (var row in Reversals(change))
        {
            yield return row;
        }

        foreach (var row in HoldRow.Of(change))
        {
            yield return new("holds", JsonSerializer.SerializeToUtf8Bytes(row, WalletJson.Default.HoldRow));
        }

        foreach (var row in change.Events.Select(e => RefusalRow.Of(wallet.Id, e.Event)).OfType<RefusalRow>())
        {
            yield return new("refusals", JsonSerializer.SerializeToUtf8Bytes(row, WalletJson.Default.RefusalRow));
        }
    }

    // Checked against the ledger, stored nowhere: what is taken back is what was given.
    private static IEnumerable<ProjectionRow> Reversals(Change<Wallet, WalletEvent> change) =>
        change.Events.Select(e => e.Event).OfType<WalletEvent.CreditReversed>().Select(e => new ProjectionRow(
            "credit_reversals",
            JsonSerializer.SerializeToUtf8Bytes(
                new CreditReversalRow(
                    change.After.State!.Id.Value, e.Operation.Value, e.Amount.Minor, e.Amount.Currency.Code),
                WalletJson.Default.CreditReversalRow)));

    // Open before the change, or made in it.
    private static OpenHold HoldOf(Change<Wallet, WalletEvent> change, HoldId id) =>
        change.Events.Select(e => e.Event).OfType<WalletEvent.FundsHeld>().LastOrDefault(h => h.Hold == id) is { } made
            ? new OpenHold(made.Operation, made.Amount, made.ExpiresAt, made.On, made.Purpose, made.Reference)
            : change.Before.State!.Holds[id];
}
