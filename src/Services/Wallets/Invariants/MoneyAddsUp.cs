using System.Text.Json.Nodes;
using Payments.EventStore.Contract;
using Payments.Operations.Invariants;

namespace Payments.WalletService.Invariants;

/// <summary>Debits equal credits: in each currency, all wallets and all accounts of the platform add up to zero.</summary>
/// <remarks>
/// Twice: by the tables, in one snapshot; and by the events, added up on their way past, which must come to the same. Each event is
/// compared with its ledger entry when it is new, and again on a slow second reading. When something does not add up, the wallets are
/// searched for the first event whose entry differs.
/// </remarks>
internal sealed class MoneyAddsUp(IEventStore store, LedgerQueries queries, InvariantOptions options)
{
    public const string Name = "money-adds-up";

    private const int PageSize = 5_000;
    private const int RereadEvents = 10_000;
    private const int SuspectsMax = 20;
    private const string Wallets = "wallets";

    private readonly LedgerComparison _ledger = new(store, queries);

    public Invariant Invariant => new()
    {
        Name = Name,
        Meaning = "In each currency, wallets and system accounts add up to zero, by the tables and by the events, and each event has its " +
            "ledger entry.",
        Check = CheckAsync,
    };

    private async Task<Seen> CheckAsync(Look look, CancellationToken cancel)
    {
        if (await queries.IsBeingRebuiltAsync(cancel))
        {
            throw new CannotLookException("The tables are being rebuilt: until then they need not fit the events.");
        }

        var findings = new Dictionary<string, Finding>();
        var sums = await queries.SumsAsync(cancel);
        var (cursor, count) = await FollowAsync(MoneyCursor.Read(look.Cursor), sums.Head, findings, cancel);
        foreach (var wallet in look.Known.Where(k => k.StartsWith("wallet/", StringComparison.Ordinal) && !findings.ContainsKey(k)))
        {
            Add(findings, await _ledger.CompareAsync(StreamId.Parse(wallet), cancel));
        }

        var notes = new List<string>();
        var isWhole = await queries.LedgerRowsAsync(cancel) <= options.WholeTableRowsMax;
        var wrong = NotZero(sums).Concat(Unlike(sums, cursor, notes)).ToList();
        if (isWhole)
        {
            wrong.AddRange(await AccountsAsync(cancel));
        }
        else
        {
            notes.Add("The ledger is too large to be added up as a whole: an entry is compared when it is new, and on the second reading.");
        }

        if (wrong.Count > 0 && isWhole)
        {
            foreach (var suspect in await queries.SuspectsAsync(SuspectsMax, cancel))
            {
                Add(findings, await _ledger.CompareAsync(new StreamId("wallet", suspect.ToString("D")), cancel));
            }
        }

        var wallets = findings.Values.OrderBy(f => f.FirstDivergent?.Position ?? long.MaxValue).ToList();
        return new Seen(count, [.. wrong.Select(f => Blame(f, wallets)), .. wallets])
        {
            Cursor = cursor.Write(),
            Note = notes.Count > 0 ? string.Join(' ', notes) : null,
        };
    }

    /// <summary>Adds up what is new in the log, and compares it and a stretch of the old with the ledger.</summary>
    private async Task<(MoneyCursor Cursor, long Count)> FollowAsync(
        MoneyCursor cursor, long head, Dictionary<string, Finding> findings, CancellationToken cancel)
    {
        var (position, whole, read) = (cursor.Position, cursor.IsWhole, 0L);
        var totals = new Dictionary<string, decimal>(cursor.Totals);
        while (position < head && read < options.EventsMax)
        {
            var page = await store.ReadAllAsync(position, (int)Math.Min(PageSize, head - position), EventFilter.None, cancel);
            var events = page.TakeWhile(e => e.Position <= head).ToList();
            whole &= events is [var first, ..] && first.Position == position + 1;
            Weigh(events, totals);
            await _ledger.CompareAsync(events, findings, cancel);
            read += events.Count;
            position = events.Count > 0 ? events[^1].Position : head;
        }

        var again = await store.ReadAllAsync(cursor.Reread, RereadEvents, EventFilter.None, cancel);
        await _ledger.CompareAsync([.. again.Where(e => e.Position <= head)], findings, cancel);
        var next = again.Count < RereadEvents ? 0 : again[^1].Position;
        return (new MoneyCursor(position, totals, next, whole), read + again.Count);
    }

    private static void Weigh(IEnumerable<StoredEvent> events, Dictionary<string, decimal> totals)
    {
        foreach (var stored in events.Where(e => e.Stream.Type == "wallet"))
        {
            if (LedgerComparison.TryEffectOf(stored, out var effect) && effect is { Amount: var amount, OtherSide: var other })
            {
                totals[$"{Wallets} {amount.Currency}"] = totals.GetValueOrDefault($"{Wallets} {amount.Currency}") + amount.Minor;
                totals[$"{other} {amount.Currency}"] = totals.GetValueOrDefault($"{other} {amount.Currency}") - amount.Minor;
            }
        }
    }

    private static IEnumerable<Finding> NotZero(Sums sums) =>
        from balance in sums.Balances
        group balance by balance.Key.Split(' ')[1] into currency
        let sum = currency.Sum(b => b.Value)
        where sum != 0
        select new Finding(
            currency.Key,
            $"All accounts in {currency.Key} add up to {sum} minor units, not to zero.",
            null,
            new JsonObject { ["currency"] = currency.Key, ["sum"] = sum, ["accounts"] = Json(currency) });

    private static List<Finding> Unlike(Sums sums, MoneyCursor cursor, List<string> notes)
    {
        if (!cursor.IsWhole || cursor.Position < sums.Head)
        {
            notes.Add(cursor.IsWhole
                ? $"The events are added up to position {cursor.Position} of {sums.Head} so far."
                : "The beginning of the log is archived: its events are not added up.");
            return [];
        }

        return
        [
            .. from account in sums.Balances.Keys.Union(cursor.Totals.Keys)
               let table = sums.Balances.GetValueOrDefault(account)
               let events = cursor.Totals.GetValueOrDefault(account)
               where table != events
               select new Finding(
                   $"events of {account}",
                   $"By the events, {account} is {events} minor units; the table says {table}.",
                   null,
                   new JsonObject
                   {
                       ["currency"] = account.Split(' ')[1],
                       ["events"] = events,
                       ["table"] = table,
                       ["position"] = sums.Head,
                   }),
        ];
    }

    private async Task<IEnumerable<Finding>> AccountsAsync(CancellationToken cancel) =>
        [
            .. from a in await queries.UnlikeTheLedgerAsync(cancel)
               select new Finding(
                   $"entries of {a.Account} {a.Currency}",
                   $"{a.Account} in {a.Currency} differs by {a.Difference} minor units from the sum of its ledger entries.",
                   null,
                   new JsonObject { ["currency"] = a.Currency, ["difference"] = a.Difference }),
        ];

    // The earliest divergent event of the same currency.
    private static Finding Blame(Finding wrong, IReadOnlyList<Finding> wallets)
    {
        var currency = wrong.Details!["currency"]!.GetValue<string>();
        var first = wallets.FirstOrDefault(w => w.FirstDivergent is not null && w.Details!["currency"]?.GetValue<string>() == currency);
        return first is null ? wrong : wrong with { FirstDivergent = first.FirstDivergent, Message = $"{wrong.Message} {first.Message}" };
    }

    private static void Add(Dictionary<string, Finding> findings, Finding? finding)
    {
        if (finding is not null)
        {
            findings[finding.Subject] = finding;
        }
    }

    private static JsonObject Json(IEnumerable<KeyValuePair<string, decimal>> balances) =>
        new(balances.Select(b => KeyValuePair.Create(b.Key, (JsonNode?)b.Value)));
}
