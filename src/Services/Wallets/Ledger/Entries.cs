using System.Globalization;
using Npgsql;
using Payments.Contracts.Wallets;
using Payments.Domain;
using Payments.Hosting;
using Payments.ServiceDefaults.Errors;
using Payments.WalletService.Wallets;

namespace Payments.WalletService.Ledger;

/// <summary><c>GET /api/wallets/{walletId}/entries</c>: movements, oldest first.</summary>
internal static class Entries
{
    public const int PageDefault = 100;
    public const int PageMax = 500;

    public static async Task<IResult> Handle(
        string walletId, string? after, string? limit, WalletQueries wallets, NpgsqlDataSource database, CancellationToken cancel)
    {
        if (!TryParseCursor(after, out var afterVersion))
        {
            return InvalidCursor;
        }

        if (!PageLimit.TryParse(limit, PageDefault, PageMax, out var countMax))
        {
            return PageLimit.Invalid(PageMax);
        }

        if (!WalletAnswers.TryParse(walletId, out var wallet) || await wallets.FindAsync(wallet, cancel) is null)
        {
            return WalletAnswers.NotFound(walletId);
        }

        var items = await ReadAsync(database, wallet, afterVersion, long.MaxValue, countMax, cancel);
        return Results.Json(new EntryPage(items, items.Count == countMax ? items[^1].Version : null), WalletJson.Default.EntryPage);
    }

    public static IResult InvalidCursor => Problems.Invalid("after", "Must be the version of an entry, a whole number from 0.");

    public static bool TryParseCursor(string? after, out long version)
    {
        version = 0;
        return after is null || long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out version);
    }

    /// <summary>Entries after one version up to another, oldest first.</summary>
    public static async Task<List<EntryView>> ReadAsync(
        NpgsqlDataSource database, WalletId wallet, long afterVersion, long upToVersion, int countMax, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            "select version, kind, movement_id, amount, currency, balance, counterparty, reference, recorded_at " +
            "from ledger_entries where wallet_id = $1 and version > $2 and version <= $3 order by version limit $4");
        command.Parameters.AddWithValue(wallet.Value);
        command.Parameters.AddWithValue(afterVersion);
        command.Parameters.AddWithValue(upToVersion);
        command.Parameters.AddWithValue(countMax);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var items = new List<EntryView>();
        while (await reader.ReadAsync(cancel))
        {
            var kind = reader.GetString(1);
            items.Add(new EntryView(
                reader.GetInt64(0),
                kind,
                reader.GetInt64(3),
                reader.GetString(4),
                reader.GetInt64(5),
                reader.GetGuid(2),
                kind.StartsWith("payment_", StringComparison.Ordinal) ? reader.GetGuid(2) : null,
                reader.IsDBNull(6) ? null : reader.GetGuid(6),
                reader.IsDBNull(7) ? null : reader.GetString(7),
                new DateTimeOffset(reader.GetDateTime(8))));
        }

        return items;
    }
}
