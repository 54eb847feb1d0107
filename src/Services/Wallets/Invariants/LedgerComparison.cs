using System.Text.Json.Nodes;
using Payments.Contracts.Wire;
using Payments.Domain.Wallets;
using Payments.EventStore.Contract;
using Payments.Hosting;
using Payments.Operations.Invariants;

namespace Payments.WalletService.Invariants;

/// <summary>Compares events with their ledger entries, one by one.</summary>
internal sealed class LedgerComparison(IEventStore store, LedgerQueries queries)
{
    private const int PageSize = 1_000;

    /// <summary>Adds a finding for each wallet of which one of these events has no entry, an entry that differs, or one too many.</summary>
    public async Task CompareAsync(IReadOnlyList<StoredEvent> events, Dictionary<string, Finding> findings, CancellationToken cancel)
    {
        var ofWallets = events.Where(e => e.Stream.Type == "wallet").Select(e => (Event: e, Wallet: Guid.Parse(e.Stream.Key))).ToList();
        var entries = await queries.EntriesAsync([.. ofWallets.Select(e => (e.Wallet, e.Event.StreamVersion))], cancel);
        foreach (var (e, wallet) in ofWallets)
        {
            if (!TryEffectOf(e, out var effect))
            {
                findings.TryAdd(e.Stream.ToString(), Unreadable(e));
                continue;
            }

            LedgerEntry? wanted = effect is { Amount: var moved, OtherSide: var other }
                ? new LedgerEntry(moved.Minor, moved.Currency.Code, other)
                : null;
            LedgerEntry? found = entries.TryGetValue((wallet, e.StreamVersion), out var entry) ? entry : null;
            if (wanted != found)
            {
                findings.TryAdd(e.Stream.ToString(), Finding(e, wanted, found));
            }
        }
    }

    /// <summary>The first event of a wallet that its ledger or its balance does not show; null when there is none.</summary>
    public async Task<Finding?> CompareAsync(StreamId wallet, CancellationToken cancel)
    {
        if (await queries.WalletAsync(Guid.Parse(wallet.Key), cancel) is not var (balance, shown))
        {
            return null; // Without a row: the audit of the projection says so.
        }

        var findings = new Dictionary<string, Finding>();
        var (version, sum) = (0L, 0m);
        StoredEvent? last = null;
        while (findings.Count == 0 && version < shown
            && await store.ReadStreamAsync(wallet, new(version, shown), PageSize, cancel) is { Count: > 0 } page)
        {
            if (page[0].StreamVersion != version + 1)
            {
                return null; // Its beginning is archived: there is nothing to compare with.
            }

            await CompareAsync(page, findings, cancel);
            sum += page.Sum(e => TryEffectOf(e, out var effect) ? (decimal)(effect?.Amount.Minor ?? 0) : 0);
            (version, last) = (page[^1].StreamVersion, page[^1]);
        }

        return findings.Values.FirstOrDefault() ?? (last is not null && sum != balance
            ? new Finding(
                $"{wallet}",
                $"{wallet} has a balance of {balance}, and its events come to {sum}.",
                EventReference.Of(last),
                new JsonObject { ["currency"] = await CurrencyAsync(wallet, cancel), ["balance"] = balance, ["events"] = sum })
            : null);
    }

    /// <summary>What an event moves; null for nothing. False when it cannot be read: a finding, which must not hide all others.</summary>
    public static bool TryEffectOf(StoredEvent e, out Effect? effect)
    {
        try
        {
            effect = Effect.Of(StoredEvents.Decode<WalletEvent>(e));
            return true;
        }
        catch (WireFormatException)
        {
            effect = null;
            return false;
        }
    }

    private static Finding Unreadable(StoredEvent e) => new(
        $"{e.Stream}",
        $"{e.Type} at version {e.StreamVersion} of {e.Stream} cannot be read, and so nor what it moved.",
        EventReference.Of(e),
        new JsonObject { ["currency"] = null });

    private async Task<string?> CurrencyAsync(StreamId wallet, CancellationToken cancel) =>
        await store.ReadStreamAsync(wallet, VersionRange.FromStart(1), 1, cancel) is [var e]
        && StoredEvents.Decode<WalletEvent>(e) is WalletEvent.Opened opened ? opened.Currency.Code : null;

    private static Finding Finding(StoredEvent e, LedgerEntry? wanted, LedgerEntry? found)
    {
        var what = (wanted, found) switch
        {
            ({ } w, null) => $"moved {w.Amount} {w.Currency}, and the ledger has no entry for it",
            (null, { } f) => $"moved nothing, and the ledger has an entry of {f.Amount} {f.Currency} for it",
            ({ } w, { } f) => $"moved {w.Amount} {w.Currency} against {w.CounterAccount}, " +
                $"and the ledger says {f.Amount} {f.Currency} against {f.CounterAccount}",
            _ => throw new InvalidOperationException("Both are nothing."),
        };
        return new Finding(
            $"{e.Stream}",
            $"{e.Type} at version {e.StreamVersion} of {e.Stream} {what}.",
            EventReference.Of(e),
            new JsonObject { ["currency"] = (wanted ?? found)!.Value.Currency, ["event"] = wanted?.Amount, ["ledger"] = found?.Amount });
    }
}
