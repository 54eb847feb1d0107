using Npgsql;
using NpgsqlTypes;
using Payments.Domain.Sagas;
using Payments.EventStore;
using Payments.ServiceDefaults;
using Payments.Services;
using Payments.Services.Invariants;
using Payments.Services.Projections;
using Payments.Services.TimeTravel;

namespace Payments.SagaService.Sagas;

/// <summary>What operators can ask about sagas.</summary>
internal static class SagaEndpoints
{
    private static readonly string[] Phases = ["holding", "authorising", "crediting", "capturing", "capturing_card", "refunding_card", "releasing", "reversing", "voiding", "completed", "failed"];

    public static void MapSagas(this WebApplication app)
    {
        var admin = app.MapGroup("/api/admin/sagas").ExcludeFromDescription();
        admin.MapGet("/", List);
        admin.MapGet("/overview", Overview);
        admin.MapTimeTravel<Saga, SagaEvent>();
        admin.MapProjections();
        admin.MapInvariants();
    }

    /// <summary><c>GET /api/admin/sagas</c>: sagas, newest first, by phase and whether they are overdue.</summary>
    private static async Task<IResult> List(
        string? phase, bool? overdue, Guid? after, string? limit, NpgsqlDataSource database, CancellationToken cancel)
    {
        phase = string.IsNullOrEmpty(phase) ? null : phase;
        if (phase is not null && !Phases.Contains(phase))
        {
            return Problems.Invalid("phase", $"Must be one of {string.Join(", ", Phases)}.");
        }

        if (!PageLimit.TryParse(limit, 50, 200, out var countMax))
        {
            return PageLimit.Invalid(200);
        }

        await using var command = database.CreateCommand(
            "select saga_id, phase, overdue, deadline, payer_wallet_id, payee_wallet_id, amount, currency, failure_code, started_at, updated_at from sagas " +
            "where ($1 is null or phase = $1) and ($2 is null or overdue = $2) and ($3 is null or saga_id < $3) order by saga_id desc limit $4");
        command.Parameters.Add(new() { Value = (object?)phase ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = (object?)overdue ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Boolean });
        command.Parameters.Add(new() { Value = (object?)after ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        command.Parameters.AddWithValue(countMax);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var items = new List<SagaView>();
        while (await reader.ReadAsync(cancel))
        {
            items.Add(new SagaView(
                reader.GetGuid(0),
                reader.GetString(1),
                reader.GetBoolean(2),
                reader.IsDBNull(3) ? null : new DateTimeOffset(reader.GetDateTime(3)),
                reader.IsDBNull(4) ? null : reader.GetGuid(4),
                reader.GetGuid(5),
                reader.GetInt64(6),
                reader.GetString(7),
                reader.IsDBNull(8) ? null : reader.GetString(8),
                new DateTimeOffset(reader.GetDateTime(9)),
                new DateTimeOffset(reader.GetDateTime(10))));
        }

        return Results.Json(new SagaPage(items, items.Count == countMax ? items[^1].SagaId : null), SagaJson.Default.SagaPage);
    }

    /// <summary><c>GET /api/admin/sagas/overview</c></summary>
    private static async Task<IResult> Overview(NpgsqlDataSource database, IEventStore store, CancellationToken cancel)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new("select phase, count from saga_counts"));
        batch.BatchCommands.Add(new("select (select count(*) from sagas where overdue and deadline is not null), (select count(*) from dead_letters)"));
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
                reader.GetInt64(1)),
            SagaJson.Default.SagaOverview);
    }
}
