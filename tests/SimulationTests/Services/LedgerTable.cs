using System.Text.Json;
using Payments.EventStore;

namespace SimulationTests.Services;

/// <summary>
/// The wallet service's <c>ledger_entries</c>: what its rows say, and the unique index that is the last word against moving money twice.
/// </summary>
internal sealed class LedgerTable
{
    private readonly HashSet<(Guid Movement, Guid Wallet, string Kind)> _once = [];
    private readonly Dictionary<Guid, long> _wallets = [];
    private readonly Dictionary<(string Account, string Currency), long> _accounts = [];

    /// <summary>The sum of a wallet's entries.</summary>
    public long SumOf(Guid wallet) => _wallets.GetValueOrDefault(wallet);

    public long SumOf(string account, string currency) => _accounts.GetValueOrDefault((account, currency));

    public IEnumerable<string> Currencies => _accounts.Keys.Select(k => k.Currency).Distinct();

    /// <summary>All rows of a unit or, when one of them may not be, none.</summary>
    public void Apply(IReadOnlyList<ProjectionRow> rows)
    {
        List<Entry>? entries = null;
        foreach (var row in rows)
        {
            if (row.Projection == "ledger_entries")
            {
                var entry = Read(row);
                if (!_once.Add((entry.Movement, entry.Wallet, entry.Kind)))
                {
                    entries?.ForEach(e => _once.Remove((e.Movement, e.Wallet, e.Kind)));
                    throw new InvalidOperationException(
                        $"ledger_entries_once: {entry.Kind} of {entry.Movement} in {entry.Wallet} is there already.");
                }

                (entries ??= []).Add(entry);
            }
        }

        entries?.ForEach(Add);
    }

    private void Add(Entry e)
    {
        _wallets[e.Wallet] = checked(_wallets.GetValueOrDefault(e.Wallet) + e.Amount);
        var account = (e.Account, e.Currency);
        _accounts[account] = checked(_accounts.GetValueOrDefault(account) - e.Amount);
    }

    private static Entry Read(ProjectionRow row)
    {
        using var json = JsonDocument.Parse(row.Json);
        var r = json.RootElement;
        return new Entry(
            r.GetProperty("movementId").GetGuid(),
            r.GetProperty("walletId").GetGuid(),
            r.GetProperty("kind").GetString()!,
            r.GetProperty("amount").GetInt64(),
            r.GetProperty("currency").GetString()!,
            r.GetProperty("counterAccount").GetString()!);
    }

    private sealed record Entry(Guid Movement, Guid Wallet, string Kind, long Amount, string Currency, string Account);
}
