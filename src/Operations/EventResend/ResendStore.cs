using Npgsql;
using Payments.Messaging.Relay;

namespace Payments.Operations.EventResend;

/// <summary>The tables of replays, and what the relay knows of how far consumers have come.</summary>
internal sealed class ResendStore(NpgsqlDataSource database)
{
    private const string Columns =
        "id, status, stream_id, types, correlation_id, from_position, to_position, consumer, rate_per_second, position, sent, " +
        "started_by, started_at, moved_at, ended_at, error";

    public async Task<Resend?> FindAsync(Guid id, CancellationToken cancel) =>
        (await ReadAsync("where id = $1", [new() { Value = id }], cancel)).SingleOrDefault();

    public Task<List<Resend>> LatestAsync(int countMax, CancellationToken cancel) =>
        ReadAsync("order by started_at desc, id desc limit $1", [new() { Value = countMax }], cancel);

    /// <summary>The one that has waited longest; null when none is to run.</summary>
    public async Task<Resend?> NextAsync(CancellationToken cancel) =>
        (await ReadAsync("where status = 'running' order by started_at, id limit 1", [], cancel)).SingleOrDefault();

    public async Task<List<ReplayAct>> ActsAsync(Guid id, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            "select act, done_by, reason, at from event_replay_acts where replay_id = $1 order by id");
        command.Parameters.AddWithValue(id);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var acts = new List<ReplayAct>();
        while (await reader.ReadAsync(cancel))
        {
            acts.Add(new(reader.GetString(0), reader.GetString(1), reader.GetString(2), new DateTimeOffset(reader.GetDateTime(3))));
        }

        return acts;
    }

    /// <summary>Everything up to a position is sent.</summary>
    /// <param name="last">The replay ends there.</param>
    /// <returns>False: it is not to run any more, or another process has it.</returns>
    public async Task<bool> MoveAsync(Guid id, long from, long to, int sent, bool last, DateTimeOffset now, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            "update event_replays set position = $3, sent = sent + $4, moved_at = $6, error = null, " +
            "status = case when $5 then 'completed' else status end, ended_at = case when $5 then $6 end " +
            "where id = $1 and position = $2 and status = 'running'");
        foreach (var value in new object[] { id, from, to, sent, last, now.UtcDateTime })
        {
            command.Parameters.AddWithValue(value);
        }

        return await command.ExecuteNonQueryAsync(cancel) == 1;
    }

    /// <summary>Says what stands in the way. One that has failed waits for a person.</summary>
    public async Task NoteAsync(Guid id, string error, bool failed, DateTimeOffset now, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            "update event_replays set error = $2, status = case when $3 then 'failed' else status end, moved_at = $4 " +
            "where id = $1 and status = 'running'");
        foreach (var value in new object[] { id, error, failed, now.UtcDateTime })
        {
            command.Parameters.AddWithValue(value);
        }

        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>How far each reader has come on each logical partition, as it last said.</summary>
    public async Task<Dictionary<(string Consumer, PartitionOf Partition), long>> AcknowledgedAsync(CancellationToken cancel)
    {
        await using var command = database.CreateCommand("select consumer, topic, partition, position from relay_acknowledgements");
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var acknowledged = new Dictionary<(string, PartitionOf), long>();
        while (await reader.ReadAsync(cancel))
        {
            acknowledged[(reader.GetString(0), new(reader.GetString(1), reader.GetInt32(2)))] = reader.GetInt64(3);
        }

        return acknowledged;
    }

    private async Task<List<Resend>> ReadAsync(string rest, IReadOnlyList<NpgsqlParameter> parameters, CancellationToken cancel)
    {
        await using var command = database.CreateCommand($"select {Columns} from event_replays {rest}");
        command.Parameters.AddRange(parameters.ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var replays = new List<Resend>();
        while (await reader.ReadAsync(cancel))
        {
            replays.Add(new Resend(
                reader.GetGuid(0),
                reader.GetString(1),
                new ReplayFilter(
                    reader.IsDBNull(2) ? null : reader.GetString(2),
                    reader.IsDBNull(3) ? null : reader.GetFieldValue<string[]>(3),
                    reader.IsDBNull(4) ? null : reader.GetGuid(4),
                    reader.GetInt64(5),
                    reader.GetInt64(6)),
                reader.IsDBNull(7) ? null : reader.GetString(7),
                reader.GetInt32(8),
                reader.GetInt64(9),
                reader.GetInt64(10),
                reader.GetString(11),
                new DateTimeOffset(reader.GetDateTime(12)),
                new DateTimeOffset(reader.GetDateTime(13)),
                reader.IsDBNull(14) ? null : new DateTimeOffset(reader.GetDateTime(14)),
                reader.IsDBNull(15) ? null : reader.GetString(15)));
        }

        return replays;
    }
}
