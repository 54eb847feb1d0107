using Npgsql;
using NpgsqlTypes;
using Payments.EventStore.Contract;

namespace Payments.EventStore.Postgres;

/// <summary>The SQL that reads events.</summary>
internal static class EventQueries
{
    private const string Columns =
        "e.position, e.stream_id, e.stream_version, e.event_id, e.event_type, e.schema_version, e.data, " +
        "e.correlation_id, e.causation_id, e.actor, e.trace_parent, e.routing_key, e.recorded_at";

    private const int ServerStartedColumn = 13;

    public const string Stream =
        $"select {Columns} from events e where e.stream_id = $1 and e.stream_version > $2 and e.stream_version <= $3 " +
        "order by e.stream_version limit $4";

    public const string StreamBackwards =
        $"select {Columns} from events e where e.stream_id = $1 and e.stream_version > $2 and e.stream_version <= $3 " +
        "order by e.stream_version desc limit $4";

    /// <summary>What comes after version $2 in each of the streams $1.</summary>
    /// <remarks>
    /// Stream by stream along the index, which the offset holds the planner to. Left free, it takes a third of a stream to come after any
    /// version, and where streams are long it reads the whole log for the last events of one.
    /// </remarks>
    public const string Streams =
        $"select {Columns} from unnest($1, $2) as s (stream_id, after_version) cross join lateral (" +
        "select * from events e where e.stream_id = s.stream_id and e.stream_version > s.after_version " +
        "order by e.stream_version offset 0) e " +
        "order by e.stream_id, e.stream_version";

    /// <summary>
    /// As <see cref="Streams"/>, but what a snapshot of schema $3 covers is left out of a stream that is read from its start.
    /// </summary>
    public const string StreamsAfterSnapshots =
        $"select {Columns} from unnest($1, $2) as s (stream_id, after_version) cross join lateral (" +
        "select * from events e where e.stream_id = s.stream_id and e.stream_version > coalesce((" +
        "select n.version from snapshots n where s.after_version = 0 and n.stream_id = s.stream_id and n.schema_version = $3), " +
        "s.after_version) order by e.stream_version offset 0) e order by e.stream_id, e.stream_version";

    public const string Snapshots =
        "select stream_id, version, schema_version, state from snapshots where stream_id = any ($1) and schema_version = $2";

    public const string SaveSnapshots =
        "insert into snapshots as n (stream_id, version, schema_version, state, taken_at) " +
        "select s.stream_id, s.version, s.schema_version, s.state, $5 " +
        "from unnest($1, $2, $3, $4) as s (stream_id, version, schema_version, state) " +
        "order by s.stream_id " + // Two writers of the same streams then never wait for each other crosswise.
        "on conflict (stream_id) do update set version = excluded.version, schema_version = excluded.schema_version, " +
        "state = excluded.state, taken_at = excluded.taken_at " +
        "where (n.schema_version, n.version) < (excluded.schema_version, excluded.version)";

    /// <summary>The log from a position on; only the conditions that the filter sets become part of the text.</summary>
    public static NpgsqlCommand All(long afterPosition, int countMax, EventFilter filter)
    {
        var command = new NpgsqlCommand();
        var where = $"e.position > {Parameter(command, afterPosition, NpgsqlDbType.Bigint)}" + Conditions(command, filter);
        command.CommandText =
            $"select {Columns}, pg_postmaster_start_time() from events e where {where} " +
            $"order by e.position limit {Parameter(command, countMax, NpgsqlDbType.Integer)}";
        return command;
    }

    /// <summary>
    /// A part of the log, in either direction: positions greater than <paramref name="after"/>, up to <paramref name="upTo"/>.
    /// </summary>
    public static NpgsqlCommand Part(long after, long upTo, StreamId? stream, EventFilter filter, bool oldestFirst, int countMax) =>
        Part("position", after, upTo, stream, filter, oldestFirst, countMax);

    /// <summary>The same of one stream, by versions.</summary>
    public static NpgsqlCommand PartOfStream(
        long after, long upTo, StreamId stream, EventFilter filter, bool oldestFirst, int countMax) =>
        Part("stream_version", after, upTo, stream, filter, oldestFirst, countMax);

    private static NpgsqlCommand Part(
        string number, long after, long upTo, StreamId? stream, EventFilter filter, bool oldestFirst, int countMax)
    {
        var command = new NpgsqlCommand();
        var where =
            $"e.{number} > {Parameter(command, after, NpgsqlDbType.Bigint)} " +
            $"and e.{number} <= {Parameter(command, upTo, NpgsqlDbType.Bigint)}";
        if (stream is { } one)
        {
            where += $" and e.stream_id = {Parameter(command, one.ToString(), NpgsqlDbType.Text)}";
        }

        where += Conditions(command, filter);
        command.CommandText =
            $"select {Columns} from events e where {where} order by e.{number}{(oldestFirst ? "" : " desc")} " +
            $"limit {Parameter(command, countMax, NpgsqlDbType.Integer)}";
        return command;
    }

    private static string Conditions(NpgsqlCommand command, EventFilter filter)
    {
        var conditions = "";
        if (filter.StreamType is { } streamType)
        {
            conditions += $" and e.stream_type = {Parameter(command, streamType, NpgsqlDbType.Text)}";
        }

        if (filter.Types is { } types)
        {
            conditions += $" and e.event_type = any ({Parameter(command, types.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text)})";
        }

        if (filter.CorrelationId is { } correlation)
        {
            conditions += $" and e.correlation_id = {Parameter(command, correlation, NpgsqlDbType.Uuid)}";
        }

        if (filter.From is { } from)
        {
            conditions += $" and e.recorded_at >= {Parameter(command, Microseconds.NotBefore(from).UtcDateTime, NpgsqlDbType.TimestampTz)}";
        }

        if (filter.Until is { } until)
        {
            conditions += $" and e.recorded_at < {Parameter(command, Microseconds.NotBefore(until).UtcDateTime, NpgsqlDbType.TimestampTz)}";
        }

        return conditions;
    }

    private static string Parameter<T>(NpgsqlCommand command, T value, NpgsqlDbType type)
    {
        command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = value, NpgsqlDbType = type });
        return $"${command.Parameters.Count}";
    }

    public static async Task<List<StoredEvent>> ReadAsync(NpgsqlCommand command, CancellationToken cancel)
    {
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await ReadAsync(reader, cancel);
    }

    public static async Task<List<Snapshot>> ReadSnapshotsAsync(NpgsqlDataReader reader, CancellationToken cancel)
    {
        var snapshots = new List<Snapshot>();
        while (await reader.ReadAsync(cancel))
        {
            snapshots.Add(new Snapshot(
                StreamId.Parse(reader.GetString(0)), reader.GetInt64(1), reader.GetInt32(2), reader.GetFieldValue<byte[]>(3)));
        }

        return snapshots;
    }

    /// <param name="serverStarted">Hears when the server was started that answers, where the query is <see cref="All"/>.</param>
    public static async Task<List<StoredEvent>> ReadAsync(
        NpgsqlDataReader reader, CancellationToken cancel, Action<DateTime>? serverStarted = null)
    {
        var events = new List<StoredEvent>();
        while (await reader.ReadAsync(cancel))
        {
            if (events.Count == 0)
            {
                serverStarted?.Invoke(reader.GetDateTime(ServerStartedColumn));
            }

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
