using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using Payments.Contracts.Wallets;
using Payments.Domain;
using Payments.Domain.Wallets;
using Payments.EventStore.Aggregates;
using Payments.EventStore.Contract;
using Payments.Hosting;
using Payments.ServiceDefaults.Errors;
using Payments.ServiceDefaults.Requests;

namespace Payments.WalletService.Wallets;

/// <summary>What can be asked about wallets: one SELECT each, and a fold for the past.</summary>
internal sealed class WalletQueries(NpgsqlDataSource database, IEventStore store)
{
    private const int OfUserMax = 1_000;
    private const string Columns = "wallet_id, user_id, currency, balance, held, overdraft, status, version";

    /// <summary><c>GET /api/wallets/{walletId}[?at=|?version=]</c></summary>
    public static async Task<IResult> Get(string walletId, string? at, string? version, WalletQueries queries, CancellationToken cancel)
    {
        var moment = default(DateTimeOffset);
        var number = 0L;
        if (at is not null && !RequestMoment.TryParse(at, out moment))
        {
            return Problems.Invalid("at", RequestMoment.Expected);
        }

        if (version is not null && (!long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out number) || number < 1))
        {
            return Problems.Invalid("version", "Must be a whole number from 1.");
        }

        if (at is not null && version is not null)
        {
            return Problems.Invalid("version", "Give either at or version, not both.");
        }

        if (!WalletAnswers.TryParse(walletId, out var wallet))
        {
            return WalletAnswers.NotFound(walletId);
        }

        var found = (at, version) switch
        {
            (null, null) => await queries.FindAsync(wallet, cancel),
            (not null, _) => await queries.PastAsync(wallet, new Moment.Time(moment), cancel),
            _ => await queries.PastAsync(wallet, new Moment.Version(number), cancel),
        };
        return found is null ? WalletAnswers.NotFound(walletId) : Results.Json(found, WalletJson.Default.WalletView);
    }

    /// <summary>
    /// <c>GET /api/users/{userId}/wallets[?after=&amp;limit=]</c>: a plain list, oldest first. When there are more, the header
    /// <c>Link</c> has the address of the next page (RFC 8288), so that the body stays what it is for a user with a few.
    /// </summary>
    public static async Task<IResult> OfUser(
        string userId, Guid? after, string? limit, HttpContext context, WalletQueries queries, CancellationToken cancel)
    {
        if (!UserId.TryParse(userId, out var user))
        {
            return InvalidUser;
        }

        if (!PageLimit.TryParse(limit, OfUserMax, OfUserMax, out var countMax))
        {
            return PageLimit.Invalid(OfUserMax);
        }

        // One more than is shown tells whether there is a next page.
        var found = await queries.ListAsync(
            $"select {Columns} from wallets where user_id = $1 and ($2 is null or wallet_id > $2) order by wallet_id limit $3",
            cancel,
            Text(user.Value),
            new NpgsqlParameter { Value = (object?)after ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid },
            new NpgsqlParameter<int> { TypedValue = countMax + 1 });
        if (found.Count > countMax)
        {
            found.RemoveAt(countMax);
            context.Response.Headers.Link = $"</api/users/{user}/wallets?after={found[^1].WalletId}&limit={countMax}>; rel=\"next\"";
        }

        return Results.Json(found, WalletJson.Default.IReadOnlyListWalletView);
    }

    /// <summary><c>GET /api/admin/wallets</c>: wallets, newest first, by user.</summary>
    public static async Task<IResult> All(string? userId, Guid? after, string? limit, WalletQueries queries, CancellationToken cancel)
    {
        if (!string.IsNullOrEmpty(userId) && !UserId.TryParse(userId, out _))
        {
            return InvalidUser;
        }

        if (!PageLimit.TryParse(limit, 50, 500, out var countMax))
        {
            return PageLimit.Invalid(500);
        }

        var items = await queries.ListAsync(
            $"select {Columns} from wallets where ($1 is null or user_id = $1) and ($2 is null or wallet_id < $2) " +
            "order by wallet_id desc limit $3",
            cancel,
            Text(string.IsNullOrEmpty(userId) ? null : userId),
            new NpgsqlParameter { Value = (object?)after ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid },
            new NpgsqlParameter<int> { TypedValue = countMax });
        return Results.Json(new WalletPage(items, items.Count == countMax ? items[^1].WalletId : null), WalletJson.Default.WalletPage);
    }

    /// <summary><c>GET /api/admin/wallets/overview</c></summary>
    public static async Task<IResult> Overview(NpgsqlDataSource database, IEventStore store, CancellationToken cancel)
    {
        var currencies = new List<CurrencyTotals>();
        await using var command = database.CreateCommand(
            "select currency, count(*), sum(balance), sum(held), (select count(*) from dead_letters) " +
            "from wallets group by currency order by 2 desc");
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var deadLetters = 0L;
        while (await reader.ReadAsync(cancel))
        {
            currencies.Add(new(reader.GetString(0), reader.GetInt64(1), reader.GetDecimal(2), reader.GetDecimal(3)));
            deadLetters = reader.GetInt64(4);
        }

        return Results.Json(
            new WalletOverview(currencies.Sum(c => c.Wallets), await store.LastPositionAsync(cancel), deadLetters, currencies),
            WalletJson.Default.WalletOverview);
    }

    private static IResult InvalidUser => Problems.Invalid("userId", $"Must be 1 to {UserId.LengthMax} letters, digits or . _ - @ : +.");

    public async Task<WalletView?> FindAsync(WalletId wallet, CancellationToken cancel) =>
        await ListAsync(
            $"select {Columns} from wallets where wallet_id = $1", cancel, new NpgsqlParameter<Guid> { TypedValue = wallet.Value })
            is [var found] ? found : null;

    private async Task<WalletView?> PastAsync(WalletId wallet, Moment moment, CancellationToken cancel)
    {
        var past = await new TimeTravel<Wallet, WalletEvent>(store, WalletAggregate.Definition)
            .StateAsync(WalletAggregate.Definition.Stream(wallet.Value), moment, cancel);
        return past.State is { } state ? WalletViews.Of(state, past.Version) : null;
    }

    private async Task<List<WalletView>> ListAsync(string sql, CancellationToken cancel, params NpgsqlParameter[] parameters)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.AddRange(parameters);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var wallets = new List<WalletView>();
        while (await reader.ReadAsync(cancel))
        {
            var (balance, held, overdraft) = (reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5));
            wallets.Add(new(
                reader.GetGuid(0),
                reader.GetString(1),
                reader.GetString(2),
                balance,
                held,
                balance - held + overdraft,
                overdraft,
                reader.GetString(6),
                reader.GetInt64(7)));
        }

        return wallets;
    }

    private static NpgsqlParameter Text(string? value) =>
        new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };
}
