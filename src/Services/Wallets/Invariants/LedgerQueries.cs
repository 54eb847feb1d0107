using Npgsql;

namespace Payments.WalletService.Invariants;

/// <summary>An entry of the ledger, as far as it is compared.</summary>
internal readonly record struct LedgerEntry(long Amount, string Currency, string CounterAccount);

/// <summary>What the tables say, in one snapshot.</summary>
/// <param name="Head">The end of the log then.</param>
/// <param name="Balances">By account (<c>wallets</c> for all wallets together) and currency, as <c>wallets EUR</c>.</param>
internal sealed record Sums(long Head, Dictionary<string, decimal> Balances);

/// <summary>Reads the tables whose sums must be zero.</summary>
internal sealed class LedgerQueries(NpgsqlDataSource database)
{
    private const string SumsSql =
        """
        select 'head', '', position::numeric from log_head
        union all select 'wallets', currency, sum(balance) from wallets group by currency
        union all select account, currency, balance from account_balances
        """;

    // Kept by every entry; here all entries are added up.
    private const string UnlikeTheLedger =
        """
        select coalesce(a.account, l.account), coalesce(a.currency, l.currency), coalesce(a.balance, 0) - coalesce(l.balance, 0)
        from account_balances a
        full join (select counter_account as account, currency, -sum(amount) as balance from ledger_entries group by 1, 2) l
            on l.account = a.account and l.currency = a.currency
        where coalesce(a.balance, 0) <> coalesce(l.balance, 0)
        """;

    // Wallets whose entries do not add up to their balance, or whose running balance is broken somewhere: where to look for the first
    // event.
    private const string Suspects =
        """
        select w.wallet_id from wallets w
        left join (select wallet_id, sum(amount) as total from ledger_entries group by wallet_id) l on l.wallet_id = w.wallet_id
        where w.balance <> coalesce(l.total, 0)
        union
        select wallet_id
        from (select wallet_id, balance, sum(amount) over (partition by wallet_id order by version) as total from ledger_entries) e
        where balance <> total
        limit $1
        """;

    public async Task<bool> IsBeingRebuiltAsync(CancellationToken cancel) => (await ReadAsync(
        "select exists (select from projections where name = 'wallets' and rebuild_version is not null)",
        row => row.GetBoolean(0), [], cancel))[0];

    public async Task<long> LedgerRowsAsync(CancellationToken cancel) => (await ReadAsync(
        "select greatest(reltuples, 0)::bigint from pg_class where oid = 'ledger_entries'::regclass",
        row => row.GetInt64(0), [], cancel))[0];

    public async Task<Sums> SumsAsync(CancellationToken cancel)
    {
        var rows = await ReadAsync(SumsSql, row => (row.GetString(0), row.GetString(1), row.GetDecimal(2)), [], cancel);
        return new Sums(
            (long)rows.Single(r => r.Item1 == "head").Item3,
            rows.Where(r => r.Item1 != "head").ToDictionary(r => $"{r.Item1} {r.Item2}", r => r.Item3));
    }

    /// <summary>Accounts that are not the sum of their entries, with the difference.</summary>
    public Task<List<(string Account, string Currency, decimal Difference)>> UnlikeTheLedgerAsync(CancellationToken cancel) =>
        ReadAsync(UnlikeTheLedger, row => (row.GetString(0), row.GetString(1), row.GetDecimal(2)), [], cancel);

    public Task<List<Guid>> SuspectsAsync(int countMax, CancellationToken cancel) =>
        ReadAsync(Suspects, row => row.GetGuid(0), [countMax], cancel);

    /// <summary>The entries of these wallets at these versions.</summary>
    public async Task<Dictionary<(Guid Wallet, long Version), LedgerEntry>> EntriesAsync(
        IReadOnlyList<(Guid Wallet, long Version)> keys, CancellationToken cancel)
    {
        var rows = await ReadAsync(
            "select l.wallet_id, l.version, l.amount, l.currency, l.counter_account from unnest($1, $2) as k (wallet_id, version) " +
            "join ledger_entries l on l.wallet_id = k.wallet_id and l.version = k.version",
            row => (Key: (row.GetGuid(0), row.GetInt64(1)), Entry: new LedgerEntry(row.GetInt64(2), row.GetString(3), row.GetString(4))),
            [keys.Select(k => k.Wallet).ToArray(), keys.Select(k => k.Version).ToArray()],
            cancel);
        return rows.ToDictionary(r => r.Key, r => r.Entry);
    }

    /// <summary>The balance of a wallet and the version that its row shows.</summary>
    public async Task<(long Balance, long Version)?> WalletAsync(Guid wallet, CancellationToken cancel) => await ReadAsync(
        "select balance, version from wallets where wallet_id = $1",
        row => (row.GetInt64(0), row.GetInt64(1)),
        [wallet],
        cancel) is [var row] ? row : null;

    private async Task<List<T>> ReadAsync<T>(
        string sql, Func<NpgsqlDataReader, T> read, IReadOnlyList<object> parameters, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(sql);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        }

        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancel))
        {
            rows.Add(read(reader));
        }

        return rows;
    }
}
