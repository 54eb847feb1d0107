using Npgsql;
using NpgsqlTypes;

namespace Payments.EventStore.Postgres;

/// <summary>The SQL that reads events.</summary>
internal static class EventQueries
{
    private const string Columns =
        "e.position, e.stream_id, e.stream_version, e.event_id, e.event_type, e.schema_version, e.data, " +
        "e.correlation_id, e.causation_id, e.actor, e.trace_parent, e.routing_key, e.recorded_at";

    public const string Stream =
        $"select {Columns} from events e where e.stream_id = $1 and e.stream_version > $2 order by e.stream_version limit $3";

    public const string StreamBackwards =
        $"select {Columns} from events e where e.stream_id = $1 and e.stream_version < $2 order by e.stream_version desc limit $3";

    public const string Streams =
        $"select {Columns} from unnest($1, $2) as s (stream_id, after_version) " +
        "join events e on e.stream_id = s.stream_id and e.stream_version > s.after_version order by e.stream_id, e.stream_version";

    /// <summary>The log from a position on; only the conditions that the filter sets become part of the text.</summary>
    public static NpgsqlCommand All(long afterPosition, int countMax, EventFilter filter)
    {
        var command = new NpgsqlCommand();
        var where = $"e.position > {Parameter(afterPosition, NpgsqlDbType.Bigint)}";
        if (filter.StreamType is { } streamType)
        {
            where += $" and e.stream_type = {Parameter(streamType, NpgsqlDbType.Text)}";
        }

        if (filter.Types is { } types)
        {
            where += $" and e.event_type = any ({Parameter(types.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text)})";
        }

        if (filter.CorrelationId is { } correlation)
        {
            where += $" and e.correlation_id = {Parameter(correlation, NpgsqlDbType.Uuid)}";
        }

        if (filter.From is { } from)
        {
            where += $" and e.recorded_at >= {Parameter(from.UtcDateTime, NpgsqlDbType.TimestampTz)}";
        }

        if (filter.Until is { } until)
        {
            where += $" and e.recorded_at < {Parameter(until.UtcDateTime, NpgsqlDbType.TimestampTz)}";
        }

        command.CommandText = $"select {Columns} from events e where {where} order by e.position limit {Parameter(countMax, NpgsqlDbType.Integer)}";
        return command;

        string Parameter<T>(T value, NpgsqlDbType type)
        {
            command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = value, NpgsqlDbType = type });
            return $"${command.Parameters.Count}";
        }
    }

    public static async Task<List<StoredEvent>> ReadAsync(NpgsqlCommand command, CancellationToken cancel)
    {
        var events = new List<StoredEvent>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            events.Add(new StoredEvent(
                reader.GetInt64(0),
                StreamId.Parse(reader.GetString(1)),
                reader.GetInt64(2),
                reader.GetGuid(3),
                reader.GetString(4),
                reader.GetInt32(5),
                reader.GetFieldValue<byte[]>(6),
                new EventMetadata(
                    reader.GetGuid(7),
                    reader.IsDBNull(8) ? null : reader.GetGuid(8),
                    reader.GetString(9),
                    reader.IsDBNull(10) ? null : reader.GetString(10),
                    reader.IsDBNull(11) ? null : reader.GetString(11)),
                new DateTimeOffset(reader.GetDateTime(12))));
        }

        return events;
    }
}
