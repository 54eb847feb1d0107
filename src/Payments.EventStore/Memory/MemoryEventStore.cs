namespace Payments.EventStore.Memory;

/// <summary>The event store's contract in memory: for tests and simulation. Passes the same contract tests as PostgreSQL.</summary>
/// <param name="apply">Receives the rows of inline projections, under the store's lock; it may throw to reject a unit.</param>
public sealed class MemoryEventStore(string name, TimeProvider clock, Action<IReadOnlyList<ProjectionRow>>? apply = null) : IEventStore
{
    private readonly Lock _gate = new();
    private readonly List<StoredEvent> _log = [];
    private readonly Dictionary<StreamId, List<StoredEvent>> _streams = [];
    private readonly Dictionary<(string, string, int, string), Watermark> _watermarks = [];
    private readonly Dictionary<(string, string), Claim> _claims = [];
    private readonly CommitFeed _feed = new();
    private DateTimeOffset _recordedAt = DateTimeOffset.UnixEpoch;

    public string Name => name;

    public Task<AppendResult> AppendAsync(AppendUnit unit, CancellationToken cancel)
    {
        unit.Check();
        lock (_gate)
        {
            try
            {
                return cancel.IsCancellationRequested
                    ? Task.FromCanceled<AppendResult>(cancel)
                    : Task.FromResult(Obstacle(unit) ?? Store(unit));
            }
            catch (StoreRejectedException rejected)
            {
                return Task.FromException<AppendResult>(rejected);
            }
        }
    }

    public Task<IReadOnlyList<StoredEvent>> ReadStreamAsync(StreamId stream, long afterVersion, int countMax, CancellationToken cancel) =>
        Locked(() => After(Of(stream), afterVersion).Take(countMax));

    public Task<IReadOnlyList<StoredEvent>> ReadStreamBackwardsAsync(StreamId stream, long beforeVersion, int countMax, CancellationToken cancel) =>
        Locked(() => Enumerable.Reverse(Of(stream)).Where(e => e.StreamVersion < beforeVersion).Take(countMax));

    public Task<ILookup<StreamId, StoredEvent>> ReadStreamsAsync(
        IReadOnlyList<(StreamId Stream, long AfterVersion)> streams, CancellationToken cancel)
    {
        lock (_gate)
        {
            return Task.FromResult(streams.SelectMany(s => After(Of(s.Stream), s.AfterVersion)).ToLookup(e => e.Stream));
        }
    }

    public Task<IReadOnlyList<StoredEvent>> ReadAllAsync(long afterPosition, int countMax, EventFilter filter, CancellationToken cancel) =>
        Locked(() => After(_log, afterPosition).Where(e => Matches(filter, e)).Take(countMax));

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

    public Task<Claim?> FindClaimAsync(string scope, string key, CancellationToken cancel)
    {
        lock (_gate)
        {
            return Task.FromResult(_claims.GetValueOrDefault((scope, key)));
        }
    }

    private AppendResult? Obstacle(AppendUnit unit)
    {
        if (unit.Claim is { } claim && _claims.TryGetValue((claim.Scope, claim.Key), out var existing))
        {
            return new AppendResult.AlreadyClaimed(existing);
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

    private AppendResult.Appended Store(AppendUnit unit)
    {
        Apply(unit.Rows);
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

    private void Apply(IReadOnlyList<ProjectionRow> rows)
    {
        try
        {
            apply?.Invoke(rows);
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

    private List<StoredEvent> Of(StreamId stream) => _streams.GetValueOrDefault(stream) ?? [];

    private static bool Matches(EventFilter filter, StoredEvent e) =>
        (filter.StreamType is null || filter.StreamType == e.Stream.Type)
        && (filter.Types is null || filter.Types.Contains(e.Type))
        && (filter.CorrelationId is null || filter.CorrelationId == e.Metadata.CorrelationId)
        && (filter.From is null || e.RecordedAt >= filter.From)
        && (filter.Until is null || e.RecordedAt < filter.Until);

    private Task<IReadOnlyList<T>> Locked<T>(Func<IEnumerable<T>> read)
    {
        lock (_gate)
        {
            return Task.FromResult<IReadOnlyList<T>>([.. read()]);
        }
    }
}
