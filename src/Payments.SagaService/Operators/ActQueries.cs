using Npgsql;
using NpgsqlTypes;
using Payments.SagaService.Sagas;
using Payments.Services;

namespace Payments.SagaService.Operators;

/// <summary>What a person has done about a saga.</summary>
/// <param name="Version">Of the saga with it: its place in the history.</param>
public sealed record ActView(
    Guid SagaId, long Version, string Act, string By, string Reason, string PhaseBefore, string PhaseAfter, DateTimeOffset ActedAt);

/// <param name="Next">Give it as <c>before</c> for the next page.</param>
public sealed record ActPage(IReadOnlyList<ActView> Items, DateTimeOffset? Next);

/// <summary>Who did what about sagas, when and why.</summary>
internal static class ActQueries
{
    private const string Columns = "select saga_id, version, act, by, reason, phase_before, phase_after, acted_at from saga_acts ";

    /// <summary><c>GET /api/admin/sagas/{id}/acts</c>: oldest first.</summary>
    public static async Task<IResult> OfSaga(Guid id, NpgsqlDataSource database, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(Columns + "where saga_id = $1 order by version");
        command.Parameters.AddWithValue(id);
        return Results.Json(await ReadAsync(command, cancel), SagaJson.Default.IReadOnlyListActView);
    }

    /// <summary><c>GET /api/admin/sagas/audit</c>: newest first, of all sagas.</summary>
    public static async Task<IResult> Audit(
        string? by, DateTimeOffset? before, string? limit, NpgsqlDataSource database, CancellationToken cancel)
    {
        if (!PageLimit.TryParse(limit, 50, 200, out var countMax))
        {
            return PageLimit.Invalid(200);
        }

        await using var command = database.CreateCommand(
            Columns + "where ($1 is null or by = $1) and ($2 is null or acted_at < $2) " +
            "order by acted_at desc, saga_id, version desc limit $3");
        command.Parameters.Add(new() { Value = (object?)by ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = (object?)before?.UtcDateTime ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.AddWithValue(countMax);
        var items = await ReadAsync(command, cancel);
        return Results.Json(new ActPage(items, items.Count == countMax ? items[^1].ActedAt : null), SagaJson.Default.ActPage);
    }

    private static async Task<IReadOnlyList<ActView>> ReadAsync(NpgsqlCommand command, CancellationToken cancel)
    {
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var acts = new List<ActView>();
        while (await reader.ReadAsync(cancel))
        {
            acts.Add(new ActView(
                reader.GetGuid(0),
                reader.GetInt64(1),
                reader.GetString(2),
                reader.GetString(3),
                reader.GetString(4),
                reader.GetString(5),
                reader.GetString(6),
                new DateTimeOffset(reader.GetDateTime(7))));
        }

        return acts;
    }
}
