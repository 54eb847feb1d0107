using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Payments.EventStore.Postgres;

/// <summary>The event store in one PostgreSQL database. Its schema is made by <see cref="SchemaMigrator"/>.</summary>
public sealed class PostgresEventStore : IEventStore, IAsyncDisposable
{
    // Tells our own appends from those of others in the notifications.
    private readonly string _instance = RandomNumberGenerator.GetHexString(16);
    private readonly NpgsqlDataSource _database;
    private readonly WriteConnection _write;
    private readonly TimeProvider _clock;
    private readonly GroupCommit _commits;
    private readonly CommitFeed _feed = new();
    private readonly AppendListener _listener;

    /// <param name="name">The name of the log, for example <c>wallets</c>.</param>
    /// <param name="database">Stays the caller's to dispose.</param>
    public PostgresEventStore(string name, NpgsqlDataSource database, TimeProvider clock, ILogger<PostgresEventStore> log)
    {
        Name = name;
        _database = database;
        _clock = clock;
        _commits = new GroupCommit(CommitAsync);
        _write = new WriteConnection(database);
        _listener = new AppendListener(_instance, database, _feed, _write.Doubt, clock, log);
    }

    public string Name { get; }

    public Task<AppendResult> AppendAsync(AppendUnit unit, CancellationToken cancel)
    {
        unit.Check();
        return _commits.AppendAsync(unit, cancel);
    }

    public async Task<IReadOnlyList<StoredEvent>> ReadStreamAsync(StreamId stream, long afterVersion, int countMax, CancellationToken cancel)
    {
        await using var command = _database.CreateCommand(EventQueries.Stream);
        command.Parameters.AddWithValue(stream.ToString());
        command.Parameters.AddWithValue(afterVersion);
        command.Parameters.AddWithValue(countMax);
        return await EventQueries.ReadAsync(command, cancel);
    }

    public async Task<IReadOnlyList<StoredEvent>> ReadStreamBackwardsAsync(
        StreamId stream, long beforeVersion, int countMax, CancellationToken cancel)
    {
        await using var command = _database.CreateCommand(EventQueries.StreamBackwards);
        command.Parameters.AddWithValue(stream.ToString());
        command.Parameters.AddWithValue(beforeVersion);
        command.Parameters.AddWithValue(countMax);
        return await EventQueries.ReadAsync(command, cancel);
    }

    public async Task<ILookup<StreamId, StoredEvent>> ReadStreamsAsync(
        IReadOnlyList<(StreamId Stream, long AfterVersion)> streams, CancellationToken cancel)
    {
        await using var command = _database.CreateCommand(EventQueries.Streams);
        command.Parameters.AddWithValue(streams.Select(s => s.Stream.ToString()).ToArray());
        command.Parameters.AddWithValue(streams.Select(s => s.AfterVersion).ToArray());
        return (await EventQueries.ReadAsync(command, cancel)).ToLookup(e => e.Stream);
    }

    public async Task<IReadOnlyList<StoredEvent>> ReadAllAsync(long afterPosition, int countMax, EventFilter filter, CancellationToken cancel)
    {
        await using var connection = await _database.OpenConnectionAsync(cancel);
        await using var command = EventQueries.All(afterPosition, countMax, filter);
        command.Connection = connection;
        return await EventQueries.ReadAsync(command, cancel);
    }

    public async Task<long> LastPositionAsync(CancellationToken cancel)
    {
        await using var command = _database.CreateCommand("select position from log_head");
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    public async Task<long> StreamVersionAsync(StreamId stream, CancellationToken cancel)
    {
        await using var command = _database.CreateCommand("select version from streams where stream_id = $1");
        command.Parameters.AddWithValue(stream.ToString());
        return (long?)await command.ExecuteScalarAsync(cancel) ?? 0;
    }

    public IAsyncEnumerable<IReadOnlyList<StoredEvent>> TailAsync(long afterPosition, int batchMax, CancellationToken cancel)
    {
        _listener.Start();
        return LogTail.FollowAsync(
            _feed, (after, count, stop) => ReadAllAsync(after, count, EventFilter.None, stop), afterPosition, batchMax, _clock, cancel);
    }

    public async Task<IReadOnlyList<Watermark>> WatermarksAsync(string consumer, CancellationToken cancel)
    {
        await using var command = _database.CreateCommand("select topic, partition, source, position from watermarks where consumer = $1");
        command.Parameters.AddWithValue(consumer);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var watermarks = new List<Watermark>();
        while (await reader.ReadAsync(cancel))
        {
            watermarks.Add(new Watermark(consumer, reader.GetString(0), reader.GetInt32(1), reader.GetString(2), reader.GetInt64(3)));
        }

        return watermarks;
    }

    public async Task<Claim?> FindClaimAsync(string scope, string key, CancellationToken cancel)
    {
        await using var command = _database.CreateCommand("select fingerprint, answer from claims where scope = $1 and key = $2");
        command.Parameters.AddWithValue(scope);
        command.Parameters.AddWithValue(key);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? new Claim(scope, key, reader.GetFieldValue<byte[]>(0), reader.GetFieldValue<byte[]>(1)) : null;
    }

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        await _commits.DisposeAsync();
        await _write.DisposeAsync();
    }

    private async Task<AppendResult[]> CommitAsync(IReadOnlyList<AppendUnit> units, CancellationToken cancel)
    {
        var connection = await _write.OpenAsync(cancel);
        var (results, committed) = await AppendStatement.ExecuteAsync(connection, _instance, units, _clock.GetUtcNow(), cancel);
        if (results.Any(r => r is AppendResult.Appended { LastPosition: > 0 }))
        {
            _feed.Publish(committed);
        }

        return results;
    }
}
