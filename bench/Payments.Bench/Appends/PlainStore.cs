using Npgsql;
using Payments.EventStore.Contract;

namespace Payments.Bench.Appends;

/// <summary>
/// The peer: an event store as one would write it in an afternoon. The same facts in two tables, one transaction an append, a connection
/// from the pool each, statements prepared, all events of an append in one round trip.
/// </summary>
internal sealed class PlainStore : IAppendTarget
{
    // Only the indexes that it needs itself: reading by correlation, which the event store's tables also serve, is left out.
    private const string Schema =
        """
        create table streams (stream_id text collate "C" primary key, stream_type text collate "C" not null, version bigint not null);

        create table events (
            position       bigint generated always as identity primary key,
            stream_id      text collate "C" not null,
            stream_version bigint not null,
            event_id       uuid not null,
            event_type     text not null,
            schema_version integer not null,
            data           jsonb not null,
            correlation_id uuid not null,
            causation_id   uuid,
            actor          text not null,
            trace_parent   text,
            routing_key    text,
            recorded_at    timestamptz not null default now(),
            unique (stream_id, stream_version));
        """;

    private const string MoveStream =
        "insert into streams as s (stream_id, stream_type, version) values ($1, $2, $3) " +
        "on conflict (stream_id) do update set version = s.version + $3 where s.version = $4";

    private const string InsertEvent =
        "insert into events (stream_id, stream_version, event_id, event_type, schema_version, data, " +
        "correlation_id, causation_id, actor, trace_parent, routing_key) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";

    private readonly NpgsqlDataSource _database;

    private PlainStore(NpgsqlDataSource database) => _database = database;

    public static async Task<PlainStore> CreateAsync(NpgsqlDataSource database, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(Schema);
        await command.ExecuteNonQueryAsync(cancel);
        return new PlainStore(database);
    }

    public async Task AppendAsync(StreamId stream, long expectedVersion, IReadOnlyList<NewEvent> events, CancellationToken cancel)
    {
        await using var connection = await _database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using (var move = new NpgsqlCommand(MoveStream, connection, transaction))
        {
            Add(move.Parameters, stream.ToString(), stream.Type, (long)events.Count, expectedVersion);
            if (await move.ExecuteNonQueryAsync(cancel) != 1)
                throw new NoResultException($"The plain store refused an append to {stream}, which nobody else writes to.");
        }

        await using (var batch = new NpgsqlBatch(connection, transaction))
        {
            for (var i = 0; i < events.Count; i++)
                batch.BatchCommands.Add(Insert(stream, expectedVersion + 1 + i, events[i]));
            await batch.ExecuteNonQueryAsync(cancel);
        }

        await transaction.CommitAsync(cancel);
    }

    public async Task<long> CountAsync(CancellationToken cancel)
    {
        await using var command = _database.CreateCommand("select count(*) from events");
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private static NpgsqlBatchCommand Insert(StreamId stream, long version, NewEvent e)
    {
        var insert = new NpgsqlBatchCommand(InsertEvent);
        var metadata = e.Metadata;
        Add(insert.Parameters, stream.ToString(), version, e.EventId, e.Type, e.SchemaVersion);
        insert.Parameters.Add(new() { Value = e.Data.ToArray(), NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Jsonb });
        Add(insert.Parameters, metadata.CorrelationId, metadata.CausationId, metadata.Actor, metadata.TraceParent, metadata.RoutingKey);
        return insert;
    }

    private static void Add(NpgsqlParameterCollection parameters, params IReadOnlyList<object?> values)
    {
        foreach (var value in values)
            parameters.Add(new() { Value = value ?? DBNull.Value });
    }
}
