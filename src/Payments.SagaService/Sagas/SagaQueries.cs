using Npgsql;
using NpgsqlTypes;
using Payments.EventStore;
using Payments.SagaService.Cards;
using Payments.ServiceDefaults;
using Payments.Services;

namespace Payments.SagaService.Sagas;

/// <summary>What operators can ask about sagas.</summary>
internal static class SagaQueries
{
    private const string Columns =
        "select s.saga_id, s.definition, s.method, coalesce(s.payment_id, s.saga_id), s.phase, s.overdue, s.deadline, s.attempt, " +
        "s.refusal_code, s.compensation_requested, s.awaits, s.waiting_since, s.payer_wallet_id, s.payee_wallet_id, s.amount, s.currency, " +
        "s.failure_code, s.started_at, s.updated_at, s.version, c.due_at, c.trouble from sagas s left join card_calls c on c.saga_id = s.saga_id ";

    private const string IsStuck = "s.deadline is not null and (s.overdue or s.attempt > 1 or s.refusal_code is not null)";

    /// <summary>
    /// <c>GET /api/admin/sagas</c>: sagas by phase and whether they are overdue, newest first; with <c>stuck=true</c> those that are not on
    /// their
    /// way as they should be, the overdue ones first, then the longest waiting.
    /// </summary>
    public static async Task<IResult> List(
        string? phase, bool? overdue, bool? stuck, Guid? after, string? limit,
        NpgsqlDataSource database, CardBreaker breaker, TimeProvider clock, CancellationToken cancel)
    {
        phase = string.IsNullOrEmpty(phase) ? null : phase;
        if (phase is not null && !PhaseNames.All.Contains(phase))
        {
            return Problems.Invalid("phase", $"Must be one of {string.Join(", ", PhaseNames.All.Order(StringComparer.Ordinal))}.");
        }

        if (!PageLimit.TryParse(limit, 50, 200, out var countMax))
        {
            return PageLimit.Invalid(200);
        }

        await using var command = database.CreateCommand(
            Columns + "where ($1 is null or s.phase = $1) and ($2 is null or s.overdue = $2) and " + (stuck is true
                ? $"{IsStuck} and ($3 is null or (not s.overdue, s.waiting_since, s.saga_id) > " +
                    "(select not p.overdue, p.waiting_since, p.saga_id from sagas p where p.saga_id = $3)) " +
                    "order by not s.overdue, s.waiting_since, s.saga_id limit $4"
                : "($3 is null or s.saga_id < $3) order by s.saga_id desc limit $4"));
        command.Parameters.Add(new() { Value = (object?)phase ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = (object?)overdue ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Boolean });
        command.Parameters.Add(new() { Value = (object?)after ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        command.Parameters.AddWithValue(countMax);
        var items = await ReadAsync(command, breaker, clock, cancel);
        return Results.Json(new SagaPage(items, items.Count == countMax ? items[^1].SagaId : null), SagaJson.Default.SagaPage);
    }

    /// <summary><c>GET /api/admin/sagas/{id}</c></summary>
    public static async Task<IResult> Get(
        Guid id, NpgsqlDataSource database, CardBreaker breaker, TimeProvider clock, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(Columns + "where s.saga_id = $1");
        command.Parameters.AddWithValue(id);
        return await ReadAsync(command, breaker, clock, cancel) is [var saga]
            ? Results.Json(saga, SagaJson.Default.SagaView)
            : Problems.NotFound(Domain.RefusalCodes.SagaNotFound, "There is no such saga.");
    }

    /// <summary><c>GET /api/admin/sagas/overview</c></summary>
    public static async Task<IResult> Overview(NpgsqlDataSource database, IEventStore store, CancellationToken cancel)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new("select phase, count from saga_counts where count <> 0"));
        batch.BatchCommands.Add(new(
            "select (select count(*) from sagas where overdue and deadline is not null), (select count(*) from dead_letters), " +
            $"(select count(*) from sagas s where {IsStuck})"));
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        var counts = new Dictionary<string, long>();
        while (await reader.ReadAsync(cancel))
        {
            counts[reader.GetString(0)] = reader.GetInt64(1);
        }

        await reader.NextResultAsync(cancel);
        await reader.ReadAsync(cancel);
        return Results.Json(
            new SagaOverview(
                counts.GetValueOrDefault("holding"),
                counts.GetValueOrDefault("crediting"),
                counts.GetValueOrDefault("capturing"),
                counts.GetValueOrDefault("releasing"),
                counts.GetValueOrDefault("completed"),
                counts.GetValueOrDefault("failed"),
                reader.GetInt64(0),
                await store.LastPositionAsync(cancel),
                reader.GetInt64(1),
                reader.GetInt64(2),
                PhaseNames.All.Order(StringComparer.Ordinal).ToDictionary(p => p, p => counts.GetValueOrDefault(p))),
            SagaJson.Default.SagaOverview);
    }

    private static async Task<List<SagaView>> ReadAsync(
        NpgsqlCommand command, CardBreaker breaker, TimeProvider clock, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var openUntil = (await breaker.StateAsync()).OpenUntil;
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var items = new List<SagaView>();
        while (await reader.ReadAsync(cancel))
        {
            items.Add(Read(reader, openUntil, now));
        }

        return items;
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
