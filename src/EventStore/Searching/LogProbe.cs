using Npgsql;
using Payments.EventStore.Contract;
using Payments.EventStore.Partitions;
using Payments.EventStore.Postgres;

namespace Payments.EventStore.Searching;

/// <summary>Small questions to a log, each answered by one descent of an index, and the one that reads a page.</summary>
internal sealed class LogProbe(NpgsqlConnection connection, CancellationToken cancel)
{
    public async Task<long> LastPositionAsync() => await OneAsync<long>("select position from log_head") ?? 0;

    /// <summary>0 when nothing is online.</summary>
    public async Task<long> FirstPositionAsync() => await OneAsync<long>("select position from events order by position limit 1") ?? 0;

    /// <summary>The first position after this one that is online.</summary>
    public Task<long?> NextPositionAsync(long after) =>
        OneAsync<long>("select position from events where position > $1 order by position limit 1", after);

    /// <summary>This position, or the last one before it that is online.</summary>
    public Task<long?> PreviousPositionAsync(long upTo) =>
        OneAsync<long>("select position from events where position <= $1 order by position desc limit 1", upTo);

    /// <summary>When the event at this position, or the first one after it that is online, was recorded.</summary>
    public async Task<DateTimeOffset?> NextRecordedAtAsync(long position) =>
        await OneAsync<DateTime>("select recorded_at from events where position >= $1 order by position limit 1", position) is { } at
            ? new DateTimeOffset(at)
            : null;

    public async Task<DateTimeOffset?> RecordedAtAsync(long position) =>
        await OneAsync<DateTime>("select recorded_at from events where position = $1", position) is { } at
            ? new DateTimeOffset(at)
            : null;

    public async Task<long> StreamVersionAsync(StreamId stream) =>
        await OneAsync<long>("select version from streams where stream_id = $1", stream.ToString()) ?? 0;

    /// <summary>Where the version is, or the first one after it that is online.</summary>
    public Task<long?> PositionOfVersionAsync(StreamId stream, long version) => OneAsync<long>(
        "select position from events where stream_id = $1 and stream_version >= $2 order by stream_version limit 1",
        stream.ToString(),
        version);

    public async Task<StoredEvent?> EventAsync(long position) =>
        await ReadAsync(EventQueries.Part(position - 1, position, null, EventFilter.None, oldestFirst: true, 1)) is [var e] ? e : null;

    /// <summary>The positions of the versions before and after an event.</summary>
    public async Task<(long? Previous, long? Next)> NeighboursAsync(StoredEvent e)
    {
        const string At = "select position from events where stream_id = $1 and stream_version = $2";
        var stream = e.Stream.ToString();
        return (await OneAsync<long>(At, stream, e.StreamVersion - 1), await OneAsync<long>(At, stream, e.StreamVersion + 1));
    }

    public Task<List<StoredEvent>> OfLogAsync((long After, long UpTo) positions, EventSearch search) => ReadAsync(EventQueries.Part(
        positions.After, positions.UpTo, search.Stream, search.Filter, search.OldestFirst, search.CountMax));

    public Task<List<StoredEvent>> OfStreamAsync(StreamId stream, (long After, long UpTo) versions, EventSearch search) =>
        ReadAsync(EventQueries.PartOfStream(
            versions.After, versions.UpTo, stream, search.Filter, search.OldestFirst, search.CountMax));

    public Task<List<ArchivedMonth>> ArchivedAsync() => ArchivedMonths.AllAsync(connection, cancel);

    private async Task<List<StoredEvent>> ReadAsync(NpgsqlCommand command)
    {
        await using (command)
        {
            command.Connection = connection;
            return await EventQueries.ReadAsync(command, cancel);
        }
    }

    private async Task<T?> OneAsync<T>(string sql, params object[] parameters)
        where T : struct
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        }

        return await command.ExecuteScalarAsync(cancel) is T found ? found : null;
    }
}
