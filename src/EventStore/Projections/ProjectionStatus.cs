using Payments.EventStore.Subscriptions;

namespace Payments.EventStore.Projections;

/// <summary>How a projection is.</summary>
/// <param name="State">An inline projection is always live.</param>
/// <param name="Position">Everything up to this log position is in its tables.</param>
/// <param name="Error">The last failure, while it is being retried.</param>
/// <param name="Rebuild">The rebuild that is asked for or under way.</param>
/// <param name="RebuiltAt">When its tables last were replaced by rebuilt ones.</param>
public sealed record ProjectionStatus(
    string Name,
    bool Inline,
    int Version,
    SubscriptionState State,
    long Position,
    long LastPosition,
    string? Error,
    RebuildProgress? Rebuild,
    DateTimeOffset? RebuiltAt)
{
    /// <summary>Events that its tables go without, because the database refused them or one before them in their stream.</summary>
    public long ParkedCount { get; init; }

    /// <summary>The first of them.</summary>
    public IReadOnlyList<ParkedEvent> Parked { get; init; } = [];

    /// <summary>Events that are not in its tables yet.</summary>
    public long Lag => Math.Max(0, LastPosition - Position);
}

/// <summary>An event that a projection could not take.</summary>
/// <param name="Rebuild">The tables of a rebuild could not, those that serve are not concerned.</param>
/// <param name="Error">What the database said; null: it waits behind another of its stream.</param>
public sealed record ParkedEvent(long Position, string Stream, bool Rebuild, string? Error, DateTimeOffset At);

/// <summary>How far a rebuild has come. The tables that serve are not touched by it until it is done.</summary>
/// <param name="Position">The new tables are filled up to this log position; null while no process has begun.</param>
/// <param name="EventsPerSecond">Log positions passed a second since it began or last went on; null while there is nothing to go
/// by.</param>
/// <param name="Remaining">At that rate.</param>
/// <param name="Error">Why it does not go on now; it tries again.</param>
public sealed record RebuildProgress(
    int Version,
    DateTimeOffset RequestedAt,
    DateTimeOffset? StartedAt,
    long? Position,
    long Total,
    double? EventsPerSecond,
    TimeSpan? Remaining,
    string? Error);

/// <summary>What an operator wants of a projection.</summary>
public enum ProjectionOrder
{
    Pause,
    Resume,
    Rebuild,
    CancelRebuild,
    RetryParked,
}

/// <summary>What became of an operator's wish.</summary>
public enum ProjectionAnswer
{
    /// <summary>It is so, or will be within a second.</summary>
    Accepted,

    /// <summary>No process has ever registered a projection of this name.</summary>
    NoSuchProjection,

    /// <summary>A rebuild of it is asked for or under way already.</summary>
    RebuildRunning,

    /// <summary>No rebuild of it is asked for or under way.</summary>
    NoRebuild,

    /// <summary>Nothing of it is parked.</summary>
    NothingParked,

    /// <summary>An inline projection is part of every append and cannot be paused.</summary>
    Inline,
}
