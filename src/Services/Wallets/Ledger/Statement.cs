using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using NpgsqlTypes;
using Payments.Contracts.Wallets;
using Payments.Domain;
using Payments.EventStore.Postgres;
using Payments.Hosting;
using Payments.ServiceDefaults.Errors;
using Payments.ServiceDefaults.Requests;
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

        if (!StatementCursor.TryParse(after, out var cursor))
        {
            return StatementCursor.Invalid;
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
        var period = await PeriodAsync(database, id, start, cursor.Until ?? end, cancel);
        var items = await Entries.ReadAsync(
            database, id, Math.Max(period.After, cursor.AfterVersion), period.UpTo, countMax, cancel);
        var view = new StatementView(
            id.Value,
            wallet.Currency,
            start,
            period.Until,
            period.Opening,
            period.Closing,
            items,
            items.Count == countMax && items[^1].Version < period.UpTo
                ? new StatementCursor(items[^1].Version, period.Until).ToString()
                : null);
        return Results.Json(view, WalletJson.Default.StatementView);
    }

    private static bool TryParse(string? text, out DateTimeOffset? moment)
    {
        var ok = RequestMoment.TryParse(text, out var parsed);
        moment = ok ? parsed : null;
        return ok || text is null;
    }

    private static ProblemHttpResult NoMoment(string field) => Problems.Invalid(field, RequestMoment.Expected);

    // A period is a range of versions, so each entry is in one of two periods that meet, and the amounts add up. It ends at the latest
    // where the log ends in the same snapshot: what is being stored meanwhile is recorded later than that, because every append is recorded
    // later than those before it. Read backwards from the newest entry, which is where statements mostly are.
    private static async Task<Period> PeriodAsync(
        NpgsqlDataSource database, WalletId wallet, DateTimeOffset? from, DateTimeOffset? until, CancellationToken cancel)
    {
        const string Before =
            "(select coalesce(max(e.version), 0) as version, coalesce(max(e.balance), 0) as balance from (" +
            "select version, balance from ledger_entries where wallet_id = $1 and recorded_at < ";
        await using var command = database.CreateCommand(
            "select a.version, a.balance, b.version, b.balance, ends.at " +
            "from (select greatest($2, least($3, h.recorded_at + interval '1 microsecond')) as at from log_head h) ends, " +
            $"lateral {Before}$2 order by version desc limit 1) e) a, " +
            $"lateral {Before}ends.at order by version desc limit 1) e) b");
        command.Parameters.AddWithValue(wallet.Value);
        command.Parameters.Add(Time(from ?? DateTimeOffset.MinValue));
        command.Parameters.Add(Time(until ?? DateTimeOffset.MaxValue));
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return new(
            reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), new DateTimeOffset(reader.GetDateTime(4)));
    }

    private static NpgsqlParameter Time(DateTimeOffset moment) =>
        new() { Value = Microseconds.NotBefore(moment).UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz };

    /// <param name="After">The version before the first entry.</param>
    /// <param name="UpTo">The version of the last entry.</param>
    private readonly record struct Period(long After, long Opening, long UpTo, long Closing, DateTimeOffset Until);
}
