using Payments.EventStore.Contract;

namespace Payments.EventStore.Memory;

/// <summary>The event store's contract in memory: for tests and simulation. Passes the same contract tests as PostgreSQL.</summary>
/// <param name="apply">Receives the rows of inline projections, under the store's lock; it may throw to reject a unit.</param>
/// <param name="rehearse">Throws as <paramref name="apply"/> would, and changes nothing; null when that never throws.</param>
/// <param name="answered">Where <paramref name="apply"/> rejects a second answer to a command: what tells that it is this.</param>
public sealed class MemoryEventStore(
    string name, TimeProvider clock,
    Action<IReadOnlyList<ProjectionRow>>? apply = null, Action<IReadOnlyList<ProjectionRow>>? rehearse = null,
    IAnsweredCommands? answered = null)
    : IEventStore
{
    private readonly Lock _gate = new();
    private readonly List<StoredEvent> _log = [];
    private readonly Dictionary<StreamId, List<StoredEvent>> _streams = [];
    private Dictionary<(string, string, int, string), Watermark> _watermarks = [];
    private Dictionary<(string, string), Claim> _claims = [];
    private readonly Dictionary<StreamId, Snapshot> _snapshots = [];
    private readonly CommitFeed _feed = new();
    private LogLineage _lineage = LogLineage.Unnamed;
    private DateTimeOffset _recordedAt = DateTimeOffset.UnixEpoch;

    public string Name => name;

    public Task<AppendResult> AppendAsync(AppendUnit unit, CancellationToken cancel) =>
        UnlessObstructedAsync(unit, Store, cancel).OrAlreadyAnsweredAsync(unit, answered, cancel);

    public Task<AppendResult> RehearseAsync(AppendUnit unit, CancellationToken cancel) =>
        UnlessObstructedAsync(unit, Foretell, cancel).OrAlreadyAnsweredAsync(unit, answered, cancel);

    public Task<IReadOnlyList<StoredEvent>> ReadStreamAsync(StreamId stream, VersionRange range, int countMax, CancellationToken cancel) =>
        Locked(() => After(Of(stream), range.After).TakeWhile(e => e.StreamVersion <= range.UpTo).Take(countMax));

    public Task<IReadOnlyList<StoredEvent>> ReadStreamBackwardsAsync(
        StreamId stream, VersionRange range, int countMax, CancellationToken cancel) =>
        Locked(() => After(Of(stream), range.After).TakeWhile(e => e.StreamVersion <= range.UpTo).Reverse().Take(countMax));

    public Task<IReadOnlyDictionary<StreamId, StreamRest>> ReadStreamsAsync(
        IReadOnlyList<(StreamId Stream, long AfterVersion)> streams, int? snapshotSchema, CancellationToken cancel)
    {
        lock (_gate)
        {
            var rests = new Dictionary<StreamId, StreamRest>();
            foreach (var (stream, afterVersion) in streams)
            {
                var snapshot = afterVersion == 0 && snapshotSchema is { } schema ? SnapshotOf(stream, schema) : null;
                var events = After(Of(stream), snapshot?.Version ?? afterVersion).ToList();
                if (snapshot is not null || events.Count > 0)
                {
                    rests[stream] = new StreamRest(snapshot, events);
                }
            }

            return Task.FromResult<IReadOnlyDictionary<StreamId, StreamRest>>(rests);
        }
    }

    public Task<Snapshot?> FindSnapshotAsync(StreamId stream, int schema, CancellationToken cancel)
    {
        lock (_gate)
        {
            return Task.FromResult(SnapshotOf(stream, schema));
        }
    }

    public Task SaveSnapshotsAsync(IReadOnlyList<Snapshot> snapshots, CancellationToken cancel)
    {
        lock (_gate)
        {
            foreach (var snapshot in snapshots)
            {
                var known = _snapshots.GetValueOrDefault(snapshot.Stream);
                if (known is null || (known.Schema, known.Version).CompareTo((snapshot.Schema, snapshot.Version)) < 0)
                {
                    _snapshots[snapshot.Stream] = snapshot;
                }
            }

            return Task.CompletedTask;
        }
    }

    public Task<IReadOnlyList<StoredEvent>> ReadAllAsync(long afterPosition, int countMax, EventFilter filter, CancellationToken cancel) =>
        Locked(() => After(_log, afterPosition).Where(e => filter.Matches(e)).Take(countMax));

    public Task<long> LastPositionAsync(CancellationToken cancel)
    {
        lock (_gate)
        {
            return Task.FromResult((long)_log.Count);
        }
    }

    public Task<long> StreamVersionAsync(StreamId stream, CancellationToken cancel)
    {
        lock (_gate)
        {
            return Task.FromResult((long)Of(stream).Count);
        }
    }

    public IAsyncEnumerable<IReadOnlyList<StoredEvent>> TailAsync(long afterPosition, int batchMax, CancellationToken cancel) =>
        LogTail.FollowAsync(
            _feed, (after, count, stop) => ReadAllAsync(after, count, EventFilter.None, stop), afterPosition, batchMax, clock, cancel);

    public Task<IReadOnlyList<Watermark>> WatermarksAsync(string consumer, CancellationToken cancel) =>
        Locked(() => _watermarks.Values.Where(w => w.Consumer == consumer));

    public ValueTask<LogLineage> LineageAsync(CancellationToken cancel) => ValueTask.FromResult(_lineage);

    public Task<Claim?> FindClaimAsync(string scope, string key, CancellationToken cancel)
    {
        lock (_gate)
        {
            return Task.FromResult(_claims.GetValueOrDefault((scope, key)));
        }
    }

    /// <summary>Everything as it is now, for <see cref="Restore"/>.</summary>
    public MemoryBackup Backup()
    {
        lock (_gate)
        {
            return new([.. _log], _watermarks.ToDictionary(), _claims.ToDictionary(), _lineage);
        }
    }

    /// <summary>
    /// Goes back to a backup, as a database does whose server is started on it: what was stored since is gone, and what comes now belongs
    /// to another incarnation. Tails that are open must be opened anew.
    /// </summary>
    public void Restore(MemoryBackup backup, Guid incarnation)
    {
        lock (_gate)
        {
            _log.Clear();
            _streams.Clear();
            _snapshots.Clear();
            foreach (var e in backup.Log)
            {
                _log.Add(e);
                (_streams.TryGetValue(e.Stream, out var stream) ? stream : _streams[e.Stream] = []).Add(e);
            }

            (_watermarks, _claims) = (backup.Watermarks.ToDictionary(), backup.Claims.ToDictionary());
            _lineage = new LogLineage(
                [.. backup.Lineage.Incarnations.Where(i => i.BeginsAfter < _log.Count), new(incarnation, _log.Count)]);
        }
    }

    private Task<AppendResult> UnlessObstructedAsync(AppendUnit unit, Func<AppendUnit, AppendResult> work, CancellationToken cancel)
    {
        unit.Check();
        lock (_gate)
        {
            try
            {
                return cancel.IsCancellationRequested
                    ? Task.FromCanceled<AppendResult>(cancel)
                    : Task.FromResult(Obstacle(unit) ?? work(unit));
            }
            catch (StoreRejectedException rejected)
            {
                return Task.FromException<AppendResult>(rejected);
            }
        }
    }

    private AppendResult? Obstacle(AppendUnit unit)
    {
        if (unit.Claim is { } claim && _claims.TryGetValue((claim.Scope, claim.Key), out var existing))
        {
            return new AppendResult.AlreadyClaimed(existing);
        }

        if (Repeat(unit) is { } repeat)
        {
            return repeat;
        }

        foreach (var move in unit.Watermarks)
        {
            var actual = _watermarks.GetValueOrDefault((move.Consumer, move.Topic, move.Partition, move.Source))?.Position ?? 0;
            if (actual != move.From)
            {
                return new AppendResult.WatermarkMoved(move, actual);
            }
        }

        foreach (var append in unit.Streams)
        {
            if (!append.Expected.Allows(Of(append.Stream).Count))
            {
                return new AppendResult.Conflict(append.Stream, append.Expected, Of(append.Stream).Count);
            }
        }

        return null;
    }

    // Stored before, when every event is where the unit would have put it.
    private AppendResult.Repeated? Repeat(AppendUnit unit)
    {
        var found = new List<StoredEvent>();
        foreach (var append in unit.Streams.Where(s => s.Events.Count > 0))
        {
            var stream = Of(append.Stream);
            var first = append.Expected.Value >= 0
                ? append.Expected.Value
                : stream.FindIndex(Math.Max(0, stream.Count - AppendResult.Repeated.Window), e => e.EventId == append.Events[0].EventId);
            if (first < 0
                || !After(stream, first).Take(append.Events.Count).Select(e => e.EventId)
                    .SequenceEqual(append.Events.Select(e => e.EventId)))
            {
                return null;
            }

            found.AddRange(After(stream, first).Take(append.Events.Count));
        }

        return found.Count == 0
            ? null
            : new AppendResult.Repeated(found.Min(e => e.Position), found.Max(e => e.Position), found.Max(e => e.RecordedAt));
    }

    private AppendResult.Appended Store(AppendUnit unit)
    {
        Apply(apply, unit.Rows);
        var first = _log.Count;
        _recordedAt = clock.GetUtcNow() is var now && now > _recordedAt ? now : _recordedAt;
        foreach (var append in unit.Streams.Where(s => s.Events.Count > 0))
        {
            var stream = _streams.TryGetValue(append.Stream, out var known) ? known : _streams[append.Stream] = [];
            foreach (var e in append.Events)
            {
                var stored = new StoredEvent(
                    _log.Count + 1, append.Stream, stream.Count + 1, e.EventId, e.Type, e.SchemaVersion, e.Data, e.Metadata, _recordedAt);
                stream.Add(stored);
                _log.Add(stored);
            }
        }

        foreach (var m in unit.Watermarks)
        {
            _watermarks[(m.Consumer, m.Topic, m.Partition, m.Source)] = new Watermark(m.Consumer, m.Topic, m.Partition, m.Source, m.To);
        }

        if (unit.Claim is { } claim)
        {
            _claims.Add((claim.Scope, claim.Key), claim);
        }

        if (_log.Count == first)
        {
            return new AppendResult.Appended(0, 0, _recordedAt);
        }

        _feed.Publish(_log.GetRange(first, _log.Count - first));
        return new AppendResult.Appended(first + 1, _log.Count, _recordedAt);
    }

    private AppendResult.Appended Foretell(AppendUnit unit)
    {
        Apply(rehearse, unit.Rows);
        var recordedAt = clock.GetUtcNow() is var now && now > _recordedAt ? now : _recordedAt;
        var count = unit.Streams.Sum(s => s.Events.Count);
        return count == 0 ? new(0, 0, recordedAt) : new(_log.Count + 1, _log.Count + count, recordedAt);
    }

    private static void Apply(Action<IReadOnlyList<ProjectionRow>>? write, IReadOnlyList<ProjectionRow> rows)
    {
        try
        {
            write?.Invoke(rows);
        }
        catch (Exception refusal)
        {
            // As the database does: whatever an apply function throws rejects the unit, and only the unit.
            throw new StoreRejectedException($"The projection rejects what was to be stored: {refusal.Message}", refusal);
        }
    }

    // Positions and versions count from 1 without gaps.
    private static IEnumerable<StoredEvent> After(List<StoredEvent> events, long number) =>
        events.Skip((int)Math.Clamp(number, 0, events.Count));

    private Snapshot? SnapshotOf(StreamId stream, int schema) =>
        _snapshots.GetValueOrDefault(stream) is { } known && known.Schema == schema ? known : null;

    private List<StoredEvent> Of(StreamId stream) => _streams.GetValueOrDefault(stream) ?? [];

    private Task<IReadOnlyList<T>> Locked<T>(Func<IEnumerable<T>> read)
    {
        lock (_gate)
        {
            return Task.FromResult<IReadOnlyList<T>>([.. read()]);
        }
    }
}

/// <summary>What a <see cref="MemoryEventStore"/> contained at one moment.</summary>
public sealed record MemoryBackup(
    IReadOnlyList<StoredEvent> Log,
    IReadOnlyDictionary<(string, string, int, string), Watermark> Watermarks,
    IReadOnlyDictionary<(string, string), Claim> Claims,
    LogLineage Lineage);
