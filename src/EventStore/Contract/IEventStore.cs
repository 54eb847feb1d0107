namespace Payments.EventStore.Contract;

/// <summary>
/// An append-only log of events in streams, with what must be recorded together with them. PostgreSQL in earnest, memory in tests.
/// </summary>
public interface IEventStore
{
    /// <summary>The name under which this log is known to others, for example <c>wallets</c>: the source of its messages.</summary>
    string Name { get; }

    /// <summary>Stores a unit, durably, or says what stood in the way. A unit with events may be sent again: it is stored once.</summary>
    /// <exception cref="StoreUnavailableException">
    /// The outcome is unknown or nothing was stored; the caller may try again where a repeat is harmless.
    /// </exception>
    /// <exception cref="StoreRejectedException">
    /// The database refused the content, for example by a unique index: trying again is of no use.
    /// </exception>
    Task<AppendResult> AppendAsync(AppendUnit unit, CancellationToken cancel);

    /// <summary>Finds out what an append of this unit would come to now: does all of it, and takes it back.</summary>
    /// <returns>
    /// What <see cref="AppendAsync"/> would have answered. The positions are those it would have had; the log, streams, projections,
    /// watermarks and claims are as before, and nobody is told of anything.
    /// </returns>
    /// <exception cref="StoreUnavailableException">The database did not answer.</exception>
    /// <exception cref="StoreRejectedException">The database would refuse the content.</exception>
    Task<AppendResult> RehearseAsync(AppendUnit unit, CancellationToken cancel);

    /// <summary>Reads one stream, oldest first: the versions of a range, at most <paramref name="countMax"/>.</summary>
    Task<IReadOnlyList<StoredEvent>> ReadStreamAsync(StreamId stream, VersionRange range, int countMax, CancellationToken cancel);

    /// <summary>Reads one stream, newest first: the versions of a range, at most <paramref name="countMax"/>.</summary>
    Task<IReadOnlyList<StoredEvent>> ReadStreamBackwardsAsync(StreamId stream, VersionRange range, int countMax, CancellationToken cancel);

    /// <summary>
    /// Reads the rest of many streams in one round trip, each from its own version on, each in order. Streams without any are left out.
    /// </summary>
    /// <param name="snapshotSchema">
    /// With one, a stream that is read from its start begins with its snapshot of that schema, if there is one.
    /// </param>
    Task<IReadOnlyDictionary<StreamId, StreamRest>> ReadStreamsAsync(
        IReadOnlyList<(StreamId Stream, long AfterVersion)> streams, int? snapshotSchema, CancellationToken cancel);

    /// <summary>The snapshot of a stream, or null when there is none of that schema.</summary>
    Task<Snapshot?> FindSnapshotAsync(StreamId stream, int schema, CancellationToken cancel);

    /// <summary>Keeps the newest snapshot of each stream; an older one than what is kept is dropped.</summary>
    Task SaveSnapshotsAsync(IReadOnlyList<Snapshot> snapshots, CancellationToken cancel);

    /// <summary>
    /// Reads the log: positions greater than <paramref name="afterPosition"/>, in order, at most <paramref name="countMax"/>, those that
    /// the filter lets through.
    /// </summary>
    /// <remarks>
    /// It goes on with the first event that is online: what lies before it may be archived. See <see cref="Contiguity"/>.
    /// </remarks>
    Task<IReadOnlyList<StoredEvent>> ReadAllAsync(long afterPosition, int countMax, EventFilter filter, CancellationToken cancel);

    /// <summary>The last position of the log; 0 when it is empty.</summary>
    Task<long> LastPositionAsync(CancellationToken cancel);

    /// <summary>The version of a stream's last event; 0 when there is none.</summary>
    Task<long> StreamVersionAsync(StreamId stream, CancellationToken cancel);

    /// <summary>
    /// Follows the log from a position on, without an end: first what is stored, then what is committed, as it is committed. Every event
    /// once, in order.
    /// </summary>
    IAsyncEnumerable<IReadOnlyList<StoredEvent>> TailAsync(long afterPosition, int batchMax, CancellationToken cancel);

    /// <summary>All watermarks of a consumer.</summary>
    Task<IReadOnlyList<Watermark>> WatermarksAsync(string consumer, CancellationToken cancel);

    /// <summary>
    /// The incarnations of this log: all that events belong to which this store has handed out so far. Answered from memory while the
    /// database goes on.
    /// </summary>
    ValueTask<LogLineage> LineageAsync(CancellationToken cancel);

    /// <summary>A claim made before, or null.</summary>
    Task<Claim?> FindClaimAsync(string scope, string key, CancellationToken cancel);
}

/// <summary>Which events of the log are wanted. Empty: all.</summary>
public sealed record EventFilter
{
    public static readonly EventFilter None = new();

    public string? StreamType { get; init; }

    public IReadOnlyList<string>? Types { get; init; }

    public Guid? CorrelationId { get; init; }

    public DateTimeOffset? From { get; init; }

    public DateTimeOffset? Until { get; init; }

    /// <summary>Lets this event through: the same answer that the database gives.</summary>
    public bool Matches(StoredEvent e) =>
        (StreamType is null || StreamType == e.Stream.Type)
        && (Types is null || Types.Contains(e.Type))
        && (CorrelationId is null || CorrelationId == e.Metadata.CorrelationId)
        && (From is null || e.RecordedAt >= From)
        && (Until is null || e.RecordedAt < Until);
}

/// <summary>The database could not be reached or gave up: trouble, to be tried again. Whether the unit was stored is not known.</summary>
public sealed class StoreUnavailableException(string message, Exception inner) : Exception(message, inner);

/// <summary>The database refused what was to be stored. A repeat would be refused again.</summary>
public sealed class StoreRejectedException(string message, Exception inner) : Exception(message, inner);
