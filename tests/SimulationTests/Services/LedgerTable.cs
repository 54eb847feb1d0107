using System.Text.Json;
using Payments.EventStore.Contract;
using Payments.WalletService.Answers;

namespace SimulationTests.Services;

/// <summary>
/// The wallet service's <c>ledger_entries</c> and <c>refusals</c>: what their rows say, and that what was answered once is not answered
/// again.
/// </summary>
/// <param name="saw">Told what happened that must happen now and then.</param>
internal sealed class LedgerTable(Action<string> saw) : IAnsweredCommands
{
    private readonly HashSet<(Guid Movement, Guid Wallet, string Kind)> _once = [];
    private readonly HashSet<CommandKey> _done = [];
    private readonly HashSet<CommandKey> _refused = [];
    private readonly Dictionary<Guid, long> _wallets = [];
    private readonly Dictionary<(string Account, string Currency), long> _accounts = [];

    /// <summary>The sum of a wallet's entries.</summary>
    public long SumOf(Guid wallet) => _wallets.GetValueOrDefault(wallet);

    public long SumOf(string account, string currency) => _accounts.GetValueOrDefault((account, currency));

    public IEnumerable<string> Currencies => _accounts.Keys.Select(k => k.Currency).Distinct();

    public Task<IReadOnlyList<CommandKey>> FindAsync(IReadOnlyCollection<CommandKey> commands, CancellationToken cancel)
    {
        List<CommandKey> answered = [.. commands.Where(a => _done.Contains(a) || _refused.Contains(a))];
        answered.ForEach(a => saw($"recalled {(_done.Contains(a) ? "done" : "refused")} {a.Act}"));
        return Task.FromResult<IReadOnlyList<CommandKey>>(answered);
    }

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

        try
        {
            NoteAnswers(rows);
        }
        catch (InvalidOperationException)
        {
            entries?.ForEach(e => _once.Remove((e.Movement, e.Wallet, e.Kind)));
            throw;
        }

        entries?.ForEach(Add);
    }

    // As the apply functions do it: what was done is not refused, what was refused is not done, nor refused again.
    private void NoteAnswers(IReadOnlyList<ProjectionRow> rows)
    {
        List<CommandKey> done = [.. Answers(rows, r => r.Projection is "ledger_entries" or "holds")];
        List<CommandKey> refused = [.. Answers(rows, r => r.Projection == "refusals")];
        List<CommandKey> kept = [.. refused.Where(a => a.Act is Acts.Hold or Acts.Credit)];
        if (done.Any(_refused.Contains) || kept.Any(_refused.Contains) || kept.Distinct().Count() != kept.Count
            || refused.Any(a => _done.Contains(a) || done.Contains(a)))
        {
            throw new InvalidOperationException("answered_once: one of these is answered already.");
        }

        _refused.UnionWith(kept);
        _done.UnionWith(Answers(rows, r => r.Projection == "ledger_entries"));
    }

    private static IEnumerable<CommandKey> Answers(IReadOnlyList<ProjectionRow> rows, Func<ProjectionRow, bool> which) =>
        rows.Where(which).Select(AnswerOf).OfType<CommandKey>();

    private static CommandKey? AnswerOf(ProjectionRow row)
    {
        using var json = JsonDocument.Parse(row.Json);
        var r = json.RootElement;
        return row.Projection switch
        {
            "ledger_entries" => ActOf(r.GetProperty("kind").GetString()!) is { } act
                ? new(r.GetProperty("movementId").GetGuid(), r.GetProperty("walletId").GetGuid(), act)
                : null,
            "refusals" => new(
                r.GetProperty("operationId").GetGuid(), r.GetProperty("walletId").GetGuid(), r.GetProperty("act").GetString()!),
            _ => r.TryGetProperty("operationId", out var operation) // Without: a hold that has ended.
                ? new(operation.GetGuid(), r.GetProperty("walletId").GetGuid(), Acts.Hold)
                : null,
        };
    }

    // Null: no saga asks for it alone.
    private static string? ActOf(string kind) => kind switch
    {
        "payment_in" or "refund_in" => Acts.Credit,
        "payment_out" or "refund_out" or "capture_out" => Acts.Capture,
        "reversal" => Acts.Reverse,
        _ => null,
    };

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
