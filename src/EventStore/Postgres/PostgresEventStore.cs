using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;
using Payments.EventStore.Contract;

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
    private readonly AppendListener? _listener;
    private readonly AppendAnnouncer _announcer;
    private readonly StoredLineage _lineage;
    private readonly IAnsweredCommands? _answered;

    /// <param name="name">The name of the log, for example <c>wallets</c>.</param>
    /// <param name="database">Stays the caller's to dispose.</param>
    public PostgresEventStore(string name, NpgsqlDataSource database, TimeProvider clock, ILogger<PostgresEventStore> log)
        : this(name, new LogDatabase(database), clock, log)
    {
    }

    /// <param name="name">The name of the log, for example <c>wallets</c>.</param>
    /// <param name="database">Where it knows no direct way, tails of this store hear of other processes' appends by looking once a
    /// second.</param>
    /// <param name="answered">Where the database refuses to have a command answered twice: what tells that it is this.</param>
    public PostgresEventStore(
        string name, LogDatabase database, TimeProvider clock, ILogger<PostgresEventStore> log, IAnsweredCommands? answered = null)
    {
        Name = name;
        _answered = answered;
        _database = database.Primary;
        _clock = clock;
        _commits = new GroupCommit(CommitAsync);
        _write = new WriteConnection(database.Primary);
        _lineage = new StoredLineage(database.Primary);
        _announcer = new AppendAnnouncer(_instance, database.Primary, clock, log);
        _listener = database.Direct is { } direct ? new AppendListener(_instance, direct, _feed, _write.Doubt, clock, log) : null;
    }

    public string Name { get; }

    /// <summary>
    /// Ends, with what was thrown, when a bug has ended the loop that every append goes through: the process is to end. Otherwise never.
    /// </summary>
    public Task Fault => _commits.Fault;

    public Task<AppendResult> AppendAsync(AppendUnit unit, CancellationToken cancel)
    {
        unit.Check();
        return _commits.AppendAsync(unit, cancel).OrAlreadyAnsweredAsync(unit, _answered, cancel);
    }

    public Task<AppendResult> RehearseAsync(AppendUnit unit, CancellationToken cancel)
    {
        unit.Check();
        return RollBackAsync(unit, cancel).OrAlreadyAnsweredAsync(unit, _answered, cancel);
    }

    // On a connection of its own: the one that appends go through is busy, and must not be left in a transaction.
    private async Task<AppendResult> RollBackAsync(AppendUnit unit, CancellationToken cancel)
    {
        try
        {
            await using var connection = await _database.OpenConnectionAsync(cancel);
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            var (results, _, _) = await AppendStatement.ExecuteAsync(connection, [unit], _clock.GetUtcNow(), cancel);
            await transaction.RollbackAsync(cancel); // At once: until then it stands in the way of all appends.
            return results[0];
        }
        catch (Exception rejected) when (GroupCommit.IsRejection(rejected))
        {
            throw GroupCommit.Rejection(rejected);
        }
        catch (Exception trouble) when (trouble is NpgsqlException or IOException or TimeoutException)
        {
            throw GroupCommit.Trouble(trouble);
        }
    }

    public Task<IReadOnlyList<StoredEvent>> ReadStreamAsync(StreamId stream, VersionRange range, int countMax, CancellationToken cancel) =>
        ReadStreamAsync(EventQueries.Stream, stream, range, countMax, cancel);

    public Task<IReadOnlyList<StoredEvent>> ReadStreamBackwardsAsync(
        StreamId stream, VersionRange range, int countMax, CancellationToken cancel) =>
        ReadStreamAsync(EventQueries.StreamBackwards, stream, range, countMax, cancel);

    public async Task<IReadOnlyDictionary<StreamId, StreamRest>> ReadStreamsAsync(
        IReadOnlyList<(StreamId Stream, long AfterVersion)> streams, int? snapshotSchema, CancellationToken cancel)
    {
        var ids = streams.Select(s => s.Stream.ToString()).ToArray();
        var versions = streams.Select(s => s.AfterVersion).ToArray();
        await using var batch = _database.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand(snapshotSchema is null ? EventQueries.Streams : EventQueries.StreamsAfterSnapshots)
        {
            Parameters = { new() { Value = ids }, new() { Value = versions } },
        });
        if (snapshotSchema is { } schema)
        {
            // Second: a snapshot that is taken in between covers more than was left out, never less.
            var fromStart = streams.Where(s => s.AfterVersion == 0).Select(s => s.Stream.ToString()).ToArray();
            batch.BatchCommands[0].Parameters.Add(new() { Value = schema });
            batch.BatchCommands.Add(new NpgsqlBatchCommand(EventQueries.Snapshots)
            {
                Parameters = { new() { Value = fromStart }, new() { Value = schema } },
            });
        }

        await using var reader = await batch.ExecuteReaderAsync(cancel);
        var rests = (await EventQueries.ReadAsync(reader, cancel))
            .GroupBy(e => e.Stream)
            .ToDictionary(events => events.Key, events => new StreamRest(null, [.. events]));
        if (snapshotSchema is not null && await reader.NextResultAsync(cancel))
        {
            foreach (var snapshot in await EventQueries.ReadSnapshotsAsync(reader, cancel))
            {
                rests[snapshot.Stream] = new StreamRest(snapshot, rests.GetValueOrDefault(snapshot.Stream)?.Events ?? []);
            }
        }

        return rests;
    }

    public async Task<Snapshot?> FindSnapshotAsync(StreamId stream, int schema, CancellationToken cancel)
    {
        await using var command = _database.CreateCommand(EventQueries.Snapshots);
        command.Parameters.AddWithValue((string[])[stream.ToString()]);
        command.Parameters.AddWithValue(schema);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return (await EventQueries.ReadSnapshotsAsync(reader, cancel)).SingleOrDefault();
    }

    public async Task SaveSnapshotsAsync(IReadOnlyList<Snapshot> snapshots, CancellationToken cancel)
    {
        await using var command = _database.CreateCommand(EventQueries.SaveSnapshots);
        command.Parameters.AddWithValue(snapshots.Select(s => s.Stream.ToString()).ToArray());
        command.Parameters.AddWithValue(snapshots.Select(s => s.Version).ToArray());
        command.Parameters.AddWithValue(snapshots.Select(s => s.Schema).ToArray());
        command.Parameters.AddWithValue(NpgsqlDbType.Array | NpgsqlDbType.Jsonb, snapshots.Select(s => s.State.ToArray()).ToArray());
        command.Parameters.AddWithValue(_clock.GetUtcNow().UtcDateTime);
        await command.ExecuteNonQueryAsync(cancel);
    }

    public async Task<IReadOnlyList<StoredEvent>> ReadAllAsync(
        long afterPosition, int countMax, EventFilter filter, CancellationToken cancel)
    {
        await using var connection = await _database.OpenConnectionAsync(cancel);
        await using var command = EventQueries.All(afterPosition, countMax, filter);
        command.Connection = connection;
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await EventQueries.ReadAsync(reader, cancel, _lineage.Observe);
    }

    public ValueTask<LogLineage> LineageAsync(CancellationToken cancel) => _lineage.ReadAsync(cancel);

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
        _listener?.Start();
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
        return await reader.ReadAsync(cancel)
            ? new Claim(scope, key, reader.GetFieldValue<byte[]>(0), reader.GetFieldValue<byte[]>(1))
            : null;
    }

    public async ValueTask DisposeAsync()
    {
        await (_listener?.DisposeAsync() ?? ValueTask.CompletedTask);
        await _commits.DisposeAsync();
        await _announcer.DisposeAsync();
        await _write.DisposeAsync();
    }

    private async Task<IReadOnlyList<StoredEvent>> ReadStreamAsync(
        string sql, StreamId stream, VersionRange range, int countMax, CancellationToken cancel)
    {
        await using var command = _database.CreateCommand(sql);
        command.Parameters.AddWithValue(stream.ToString());
        command.Parameters.AddWithValue(range.After);
        command.Parameters.AddWithValue(range.UpTo);
        command.Parameters.AddWithValue(countMax);
        return await EventQueries.ReadAsync(command, cancel);
    }

    private async Task<AppendResult[]> CommitAsync(IReadOnlyList<AppendUnit> units, CancellationToken cancel)
    {
        var connection = await _write.OpenAsync(cancel);
        var (results, committed, serverStarted) = await AppendStatement.ExecuteAsync(connection, units, _clock.GetUtcNow(), cancel);
        _lineage.Observe(serverStarted); // Before anybody is handed what was committed.
        if (results.Any(r => r is AppendResult.Appended { LastPosition: > 0 }))
        {
            _feed.Publish(committed);
            _announcer.Announce();
        }

        return results;
    }
}
