namespace Payments.EventStore;

/// <summary>An append-only log of events in streams, with what must be recorded together with them. PostgreSQL in earnest, memory in tests.</summary>
public interface IEventStore
{
    /// <summary>The name under which this log is known to others, for example <c>wallets</c>: the source of its messages.</summary>
    string Name { get; }

    /// <summary>Stores a unit, durably, or says what stood in the way.</summary>
    /// <exception cref="StoreUnavailableException">The outcome is unknown or nothing was stored; the caller may try again where a repeat is harmless.</exception>
    /// <exception cref="StoreRejectedException">The database refused the content, for example by a unique index: trying again is of no use.</exception>
    Task<AppendResult> AppendAsync(AppendUnit unit, CancellationToken cancel);

    /// <summary>Reads one stream: versions greater than <paramref name="afterVersion"/>, oldest first, at most <paramref name="countMax"/>.</summary>
    Task<IReadOnlyList<StoredEvent>> ReadStreamAsync(StreamId stream, long afterVersion, int countMax, CancellationToken cancel);

    /// <summary>Reads one stream backwards: versions below <paramref name="beforeVersion"/>, newest first. <see cref="long.MaxValue"/> starts at the end.</summary>
    Task<IReadOnlyList<StoredEvent>> ReadStreamBackwardsAsync(StreamId stream, long beforeVersion, int countMax, CancellationToken cancel);

    /// <summary>Reads the rest of many streams in one round trip, each from its own version on, each in order.</summary>
    Task<ILookup<StreamId, StoredEvent>> ReadStreamsAsync(IReadOnlyList<(StreamId Stream, long AfterVersion)> streams, CancellationToken cancel);

    /// <summary>Reads the log: positions greater than <paramref name="afterPosition"/>, in order, at most <paramref name="countMax"/>, those that the filter lets through.</summary>
    Task<IReadOnlyList<StoredEvent>> ReadAllAsync(long afterPosition, int countMax, EventFilter filter, CancellationToken cancel);

    /// <summary>The last position of the log; 0 when it is empty.</summary>
    Task<long> LastPositionAsync(CancellationToken cancel);

    /// <summary>The version of a stream's last event; 0 when there is none.</summary>
    Task<long> StreamVersionAsync(StreamId stream, CancellationToken cancel);

    /// <summary>Follows the log from a position on, without an end: first what is stored, then what is committed, as it is committed. Every event once, in order.</summary>
    IAsyncEnumerable<IReadOnlyList<StoredEvent>> TailAsync(long afterPosition, int batchMax, CancellationToken cancel);

    /// <summary>All watermarks of a consumer.</summary>
    Task<IReadOnlyList<Watermark>> WatermarksAsync(string consumer, CancellationToken cancel);

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
}

/// <summary>The database could not be reached or gave up: trouble, to be tried again. Whether the unit was stored is not known.</summary>
public sealed class StoreUnavailableException(string message, Exception inner) : Exception(message, inner);

/// <summary>The database refused what was to be stored. A repeat would be refused again.</summary>
public sealed class StoreRejectedException(string message, Exception inner) : Exception(message, inner);
