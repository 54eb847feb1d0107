using Npgsql;
using NpgsqlTypes;
using Payments.Contracts;
using Payments.Contracts.Sagas;
using Payments.Domain;
using Payments.Domain.Sagas;
using Payments.EventStore.Contract;
using Payments.Hosting;
using Payments.SagaService.Cards;
using Payments.ServiceDefaults.Errors;

namespace Payments.SagaService.Sagas;

/// <summary>What operators can ask about sagas.</summary>
internal static class SagaQueries
{
    private const string Columns =
        "select s.saga_id, s.definition, s.method, coalesce(s.payment_id, s.saga_id), s.phase, s.overdue, s.deadline, s.attempt, " +
        "s.refusal_code, s.compensation_requested, s.awaits, s.waiting_since, s.payer_wallet_id, s.payee_wallet_id, " +
        "s.amount, s.currency, s.failure_code, s.started_at, s.updated_at, s.version, c.due_at, c.trouble " +
        "from sagas s left join card_calls c on c.saga_id = s.saga_id ";

    private const string IsStuck = "s.deadline is not null and (s.overdue or s.attempt > 1 or s.refusal_code is not null)";

    /// <summary>
    /// <c>GET /api/admin/sagas</c>: sagas by phase, kind and whether they are overdue, newest first, or those of one payment; with
    /// <c>stuck=true</c> those that are not on their way as they should be, the overdue ones first, then the longest waiting, or with
    /// <c>sort=risk</c> those with the largest amounts first.
    /// </summary>
    /// <param name="search">The id of a saga, or of the payment that it is about.</param>
    public static async Task<IResult> List(
        string? phase, bool? overdue, bool? stuck, string? definition, string? search, string? sort, string? after, string? limit,
        NpgsqlDataSource database, CardBreaker breaker, SagaEngine engine, TimeProvider clock, CancellationToken cancel)
    {
        if (!string.IsNullOrEmpty(phase) && !PhaseNames.All.Contains(phase))
        {
            return Problems.Invalid("phase", $"Must be one of {string.Join(", ", PhaseNames.All.Order(StringComparer.Ordinal))}.");
        }

        if (!string.IsNullOrEmpty(definition) && engine.Definitions.All.All(d => d.Name != definition))
        {
            return Problems.Invalid("definition", $"Must be one of {string.Join(", ", engine.Definitions.All.Select(d => d.Name))}.");
        }

        if (!TryParseId(search, out var id))
        {
            return Problems.Invalid("search", "Must be the id of a saga or a payment.");
        }

        if (sort is not (null or "" or "risk") || (sort == "risk" && stuck is not true))
        {
            return Problems.Invalid("sort", "Must be risk, with stuck=true, or left out.");
        }

        if (!PageLimit.TryParse(limit, 50, 200, out var countMax))
        {
            return PageLimit.Invalid(200);
        }

        var order = stuck is not true ? SagaOrder.Newest : sort == "risk" ? SagaOrder.MostAtRisk : SagaOrder.LongestWaiting;
        var place = string.IsNullOrEmpty(after) ? null : SagaPlace.Parse(after, order);
        if (place is null && !string.IsNullOrEmpty(after))
        {
            return Problems.Invalid("after", "Must be the 'next' of the page before, of the same list.");
        }

        await using var command = database.CreateCommand();
        var conditions = new Conditions(command, stuck is true ? IsStuck : "true")
            .Add("s.phase = #", string.IsNullOrEmpty(phase) ? null : phase, NpgsqlDbType.Text)
            .Add("s.overdue = #", overdue, NpgsqlDbType.Boolean)
            .Add("s.definition = #", string.IsNullOrEmpty(definition) ? null : definition, NpgsqlDbType.Text)
            .Add("(s.saga_id = # or s.payment_id = #)", id, NpgsqlDbType.Uuid);
        var following = place is null ? "" : $"and {place.Following(order)} ";
        command.CommandText = $"{Columns}where {conditions} {following}order by {SagaPlace.Sorting(order)} limit {countMax}";
        var (items, end) = await ReadAsync(command, breaker, clock, cancel);
        return Results.Json(new SagaPage(items, items.Count == countMax ? end!.ToCursor(order) : null), SagaJson.Default.SagaPage);
    }

    private static bool TryParseId(string? text, out Guid? id)
    {
        id = Guid.TryParseExact(text, "D", out var parsed) ? parsed : null;
        return string.IsNullOrEmpty(text) || id is not null;
    }

    /// <summary><c>GET /api/admin/sagas/{id}</c></summary>
    public static async Task<IResult> Get(
        Guid id, NpgsqlDataSource database, CardBreaker breaker, TimeProvider clock, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(Columns + "where s.saga_id = $1");
        command.Parameters.AddWithValue(id);
        return (await ReadAsync(command, breaker, clock, cancel)).Items is [var saga]
            ? Results.Json(saga, SagaJson.Default.SagaView)
            : Problems.NotFound(RefusalCodes.SagaNotFound, "There is no such saga.");
    }

    /// <summary><c>GET /api/admin/sagas/overview</c></summary>
    public static async Task<IResult> Overview(NpgsqlDataSource database, IEventStore store, CancellationToken cancel)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new("select phase, count from saga_counts where count <> 0"));
        batch.BatchCommands.Add(new(
            "select (select count(*) from sagas where overdue and deadline is not null), (select count(*) from dead_letters), " +
            $"(select min(s.waiting_since) from sagas s where {IsStuck})"));
        batch.BatchCommands.Add(new(
            $"select s.currency, count(*), sum(s.amount) from sagas s where {IsStuck} group by s.currency order by 1"));
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        var counts = new Dictionary<string, long>();
        while (await reader.ReadAsync(cancel))
        {
            counts[reader.GetString(0)] = reader.GetInt64(1);
        }

        await reader.NextResultAsync(cancel);
        await reader.ReadAsync(cancel);
        var (overdue, deadLetters) = (reader.GetInt64(0), reader.GetInt64(1));
        DateTimeOffset? oldest = reader.IsDBNull(2) ? null : new DateTimeOffset(reader.GetDateTime(2));

        await reader.NextResultAsync(cancel);
        var (stuck, money) = (0L, new List<MoneyView>());
        while (await reader.ReadAsync(cancel))
        {
            stuck += reader.GetInt64(1);
            money.Add(new(reader.GetString(0), reader.GetDecimal(2)));
        }

        return Results.Json(
            new SagaOverview(
                counts.GetValueOrDefault("holding"),
                counts.GetValueOrDefault("crediting"),
                counts.GetValueOrDefault("capturing"),
                counts.GetValueOrDefault("releasing"),
                counts.GetValueOrDefault("completed"),
                counts.GetValueOrDefault("failed"),
                overdue,
                await store.LastPositionAsync(cancel),
                deadLetters,
                stuck,
                PhaseNames.All.Order(StringComparer.Ordinal).ToDictionary(p => p, p => counts.GetValueOrDefault(p)),
                money,
                oldest),
            SagaJson.Default.SagaOverview);
    }

    private static async Task<(List<SagaView> Items, SagaPlace? End)> ReadAsync(
        NpgsqlCommand command, CardBreaker breaker, TimeProvider clock, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var openUntil = (await breaker.StateAsync()).OpenUntil;
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var (items, end) = (new List<SagaView>(), default(SagaPlace));
        while (await reader.ReadAsync(cancel))
        {
            var saga = Read(reader, openUntil, now);
            items.Add(saga);
            end = new SagaPlace(
                saga.SagaId, saga.Overdue, new DateTimeOffset(reader.GetDateTime(11)), SagaPlace.RiskOf(saga.Amount, saga.Currency));
        }

        return (items, end);
    }

    private static SagaView Read(NpgsqlDataReader row, DateTimeOffset? openUntil, DateTimeOffset now)
    {
        DateTimeOffset Time(int column) => new(row.GetDateTime(column));
        DateTimeOffset? TimeOrNull(int column) => row.IsDBNull(column) ? null : Time(column);
        string? TextOrNull(int column) => row.IsDBNull(column) ? null : row.GetString(column);

        var (overdue, deadline, attempt, refusal) = (row.GetBoolean(5), TimeOrNull(6), row.GetInt32(7), TextOrNull(8));
        var (compensationRequested, awaits, since) = (row.GetBoolean(9), TextOrNull(10), Time(11));
        var reason = deadline is null || awaits is null
            ? null
            : new WaitingReason(
                awaits, since, deadline.Value, attempt, overdue, refusal, compensationRequested,
                TimeOrNull(20) is { } due ? new WaitingReason.CardCall(due, TextOrNull(21), openUntil) : null);
        return new SagaView(
            row.GetGuid(0),
            row.GetString(1),
            row.GetString(2),
            row.GetGuid(3),
            row.GetString(4),
            overdue,
            deadline is not null && (overdue || attempt > 1 || refusal is not null),
            deadline,
            attempt,
            refusal,
            compensationRequested,
            reason is null ? null : awaits,
            reason is null ? null : since,
            reason?.Say(now),
            row.IsDBNull(12) ? null : row.GetGuid(12),
            row.GetGuid(13),
            row.GetInt64(14),
            row.GetString(15),
            TextOrNull(16),
            Time(17),
            Time(18),
            row.GetInt64(19));
    }
}
