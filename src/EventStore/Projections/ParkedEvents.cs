using Npgsql;
using NpgsqlTypes;
using Payments.EventStore.Contract;

namespace Payments.EventStore.Projections;

/// <summary>The table <c>parked_projection_events</c>, for one projection.</summary>
/// <param name="home">The schema where it is.</param>
/// <param name="rebuild">Of the tables that a rebuild fills, or of those that serve.</param>
internal sealed class ParkedEvents(string projection, string home, bool rebuild, TimeProvider clock)
{
    /// <summary>Another attempt is wanted for all that is parked of some projections; $1: their names.</summary>
    public const string WantRetry = "update parked_projection_events set retry = true where projection = any ($1) and not rebuild";

    private const int ErrorLengthMax = 1_000;

    private readonly string _table = $"{home}.parked_projection_events";

    /// <summary>Streams of which something is parked: what comes later in them waits, too.</summary>
    public async Task<HashSet<string>> StreamsAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = Command(connection, $"select distinct stream_id from {_table} where projection = $1 and rebuild = $2");
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var streams = new HashSet<string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancel))
        {
            streams.Add(reader.GetString(0));
        }

        return streams;
    }

    /// <param name="error">Null: it waits behind another.</param>
    public async Task ParkAsync(NpgsqlConnection connection, StoredEvent e, string? error, CancellationToken cancel)
    {
        await using var command = Command(
            connection,
            $"insert into {_table} (projection, rebuild, position, stream_id, error, parked_at) values ($1, $2, $3, $4, $5, $6)",
            e.Position,
            e.Stream.ToString());
        command.Parameters.Add(new NpgsqlParameter
        {
            Value = (object?)error?[..Math.Min(error.Length, ErrorLengthMax)] ?? DBNull.Value,
            NpgsqlDbType = NpgsqlDbType.Text,
        });
        command.Parameters.AddWithValue(clock.GetUtcNow().UtcDateTime);
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Takes all out, for another attempt within the transaction.</summary>
    /// <returns>Their positions, in order.</returns>
    public async Task<List<long>> ReadDueAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = Command(
            connection,
            $"with taken as (delete from {_table} where projection = $1 and rebuild = $2 returning position) " +
            "select position from taken order by 1");
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var positions = new List<long>();
        while (await reader.ReadAsync(cancel))
        {
            positions.Add(reader.GetInt64(0));
        }

        return positions;
    }

    public async Task<long> CountAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = Command(connection, $"select count(*) from {_table} where projection = $1 and rebuild = $2");
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>The rebuilt tables serve: what is parked is what they lack, and not what the old ones did.</summary>
    public async Task SwitchAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var old = Command(connection, $"delete from {_table} where projection = $1 and rebuild <> $2");
        await old.ExecuteNonQueryAsync(cancel);
        await using var rebuilt = Command(
            connection, $"update {_table} set rebuild = not rebuild where projection = $1 and rebuild = $2");
        await rebuilt.ExecuteNonQueryAsync(cancel);
    }

    private NpgsqlCommand Command(NpgsqlConnection connection, string sql, params IReadOnlyList<object> more)
    {
        var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddWithValue(projection);
        command.Parameters.AddWithValue(rebuild);
        foreach (var value in more)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return command;
    }
}
