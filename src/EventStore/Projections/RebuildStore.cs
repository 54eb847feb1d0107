using Npgsql;
using NpgsqlTypes;
using Payments.EventStore.Postgres;

namespace Payments.EventStore.Projections;

/// <summary>
/// The rows that say how far a rebuild has come. Every move is a compare-and-set in the transaction of the rows it tells of.
/// </summary>
internal sealed class RebuildStore(ProjectionDefinition definition, string home, TimeProvider clock)
{
    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Is a rebuild to this version asked for, and how far has it come? Locks the row.</summary>
    public async Task<(bool Wanted, long? Position)> ReadAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = Command(
            connection, $"select rebuild_position from {home}.projections where name = $1 and rebuild_version = $2 for update");
        return await command.ExecuteScalarAsync(cancel) is { } found ? (true, found as long?) : (false, null);
    }

    /// <summary>A run begins, at the beginning or where an earlier one ended.</summary>
    public async Task BeginAsync(NpgsqlConnection connection, long position, CancellationToken cancel)
    {
        await using var command = Command(
            connection,
            $"update {home}.projections set rebuild_position = $3, rebuild_from = $3, rebuild_from_at = $4, rebuild_error = null, " +
            "rebuild_started_at = case when $3 = 0 then $4 else coalesce(rebuild_started_at, $4) end where name = $1 and " +
            "rebuild_version = $2",
            position,
            Now);
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <returns>False when the rebuild was given up or taken over: roll back.</returns>
    public async Task<bool> MoveAsync(NpgsqlConnection connection, long from, long to, CancellationToken cancel)
    {
        await using var command = Command(
            connection,
            $"update {home}.projections set rebuild_position = $4, rebuild_error = null where name = $1 and rebuild_version = " +
            "$2 and rebuild_position = $3",
            from,
            to);
        return await command.ExecuteNonQueryAsync(cancel) == 1;
    }

    /// <summary>How far the tables that serve have come; they stay there until this transaction ends.</summary>
    public async Task<long> HoldServingAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        // Inline rows come with appends, and all appends go through the head of the log.
        await using var command = definition is InlineProjection
            ? new NpgsqlCommand($"select position from {home}.log_head for update", connection)
            : Command(connection, $"select position from {home}.checkpoints where name = 'projection/' || $1 and version <= $2 for update");
        return (long)(await command.ExecuteScalarAsync(cancel)
            ?? throw new InvalidOperationException($"A later version of projection {definition.Name} serves."));
    }

    /// <summary>
    /// The rebuilt tables serve, filled up to a position. Readers never go back: it is no earlier than where the old ones were.
    /// </summary>
    public async Task EndAsync(NpgsqlConnection connection, long position, CancellationToken cancel)
    {
        await using var checkpoint = Command(
            connection,
            $"update {home}.checkpoints set position = $3, version = $2, moved_at = $4 where name = 'projection/' || $1",
            position,
            Now);
        await checkpoint.ExecuteNonQueryAsync(cancel);
        await using var projection = Command(
            connection,
            $"update {home}.projections set rebuild_version = null, rebuild_position = null, rebuild_error = null, rebuilt_at = $3 " +
            "where name = $1 and rebuild_version = $2",
            Now);
        await projection.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Why it does not go on, for whoever asks.</summary>
    public async Task NoteAsync(NpgsqlConnection connection, string error, CancellationToken cancel)
    {
        await using var command = Command(
            connection,
            $"update {home}.projections set rebuild_error = $3 where name = $1 and rebuild_version = $2",
            StorableText.Of(error));
        await command.ExecuteNonQueryAsync(cancel);
    }

    private NpgsqlCommand Command(NpgsqlConnection connection, string sql, params IReadOnlyList<object> more)
    {
        var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddWithValue(NpgsqlDbType.Text, definition.Name);
        command.Parameters.AddWithValue(NpgsqlDbType.Integer, definition.Version);
        foreach (var value in more)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return command;
    }
}
