using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using NpgsqlTypes;
using Payments.Domain;
using Payments.ServiceDefaults;
using Payments.Services;
using Payments.WalletService.Wallets;

namespace Payments.WalletService.Ledger;

/// <summary><c>GET /api/wallets/{walletId}/statement?from=&amp;until=</c>: what moved in a period, from balance to balance.</summary>
internal static class Statement
{
    public static async Task<IResult> Handle(
        string walletId,
        string? from,
        string? until,
        string? after,
        string? limit,
        WalletQueries wallets,
        NpgsqlDataSource database,
        TimeProvider clock,
        CancellationToken cancel)
    {
        if (!TryParse(from, out var start))
        {
            return NoMoment("from");
        }

        if (!TryParse(until, out var end))
        {
            return NoMoment("until");
        }

        if (start > end)
        {
            return Problems.Invalid("from", "Must not be after until.");
        }

        if (!Entries.TryParseCursor(after, out var afterVersion))
        {
            return Entries.InvalidCursor;
        }

        if (!PageLimit.TryParse(limit, Entries.PageDefault, Entries.PageMax, out var countMax))
        {
            return PageLimit.Invalid(Entries.PageMax);
        }

        if (!WalletAnswers.TryParse(walletId, out var id) || await wallets.FindAsync(id, cancel) is not { } wallet)
        {
            return WalletAnswers.NotFound(walletId);
        }

        // What is written is never changed: once the two ends are known, the entries between them can be read at leisure.
        var period = await PeriodAsync(database, id, start, end ?? DateTimeOffset.MaxValue, cancel);
        var items = await Entries.ReadAsync(database, id, Math.Max(period.After, afterVersion), period.UpTo, countMax, cancel);
        var view = new StatementView(
            id.Value,
            wallet.Currency,
            start,
            end ?? clock.GetUtcNow(),
            period.Opening,
            period.Closing,
            items,
            items.Count == countMax && items[^1].Version < period.UpTo ? items[^1].Version : null);
        return Results.Json(view, WalletJson.Default.StatementView);
    }

    private static bool TryParse(string? text, out DateTimeOffset? moment)
    {
        var ok = DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed);
        moment = ok ? parsed.ToUniversalTime() : null;
        return ok || text is null;
    }

    private static ProblemHttpResult NoMoment(string field) => Problems.Invalid(field, "Must be a moment such as 2026-01-31T00:00:00Z.");

    // A period is a range of versions: clocks of several processes may differ by a little, and still each entry is in one of two periods
    // that meet, and the amounts add up. Read backwards from the newest entry, which is where statements mostly are.
    private static async Task<(long After, long Opening, long UpTo, long Closing)> PeriodAsync(
        NpgsqlDataSource database, WalletId wallet, DateTimeOffset? from, DateTimeOffset until, CancellationToken cancel)
    {
        const string Before =
            "(select coalesce(max(e.version), 0) as version, coalesce(max(e.balance), 0) as balance from (" +
            "select version, balance from ledger_entries where wallet_id = $1 and recorded_at < ";
        await using var command = database.CreateCommand(
            $"select a.version, a.balance, b.version, b.balance from {Before}$2 order by version desc limit 1) e) a, " +
            $"{Before}$3 order by version desc limit 1) e) b");
        command.Parameters.AddWithValue(wallet.Value);
        command.Parameters.Add(Time(from ?? DateTimeOffset.MinValue));
        command.Parameters.Add(Time(until));
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3));
    }

    private static NpgsqlParameter Time(DateTimeOffset moment) =>
        new() { Value = moment.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz };
}
