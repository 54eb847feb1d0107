using Npgsql;
using Payments.Contracts.Sagas;
using Payments.SagaService.Sagas;

namespace Payments.SagaService.Operators;

/// <summary>Who did what about sagas, when and why.</summary>
internal static class ActQueries
{
    private const string Columns = "select saga_id, version, act, by, reason, phase_before, phase_after, acted_at from saga_acts ";

    /// <summary><c>GET /api/admin/sagas/{id}/acts</c>: oldest first.</summary>
    public static async Task<IResult> OfSaga(Guid id, NpgsqlDataSource database, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(Columns + "where saga_id = $1 order by version");
        command.Parameters.AddWithValue(id);
        return Results.Json(await ReadAsync(command, cancel), SagaJson.Default.IReadOnlyListSagaActView);
    }

    private static async Task<IReadOnlyList<SagaActView>> ReadAsync(NpgsqlCommand command, CancellationToken cancel)
    {
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var acts = new List<SagaActView>();
        while (await reader.ReadAsync(cancel))
        {
            acts.Add(new SagaActView(
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
