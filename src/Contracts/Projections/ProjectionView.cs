namespace Payments.Contracts.Projections;

/// <summary>A read model.</summary>
/// <param name="State"><c>Live</c>, <c>Paused</c> and others; an inline projection is always live.</param>
/// <param name="Position">Everything up to this log position is in its tables.</param>
/// <param name="Error">The last failure, while it is being retried.</param>
/// <param name="Rebuild">The rebuild that is asked for or under way.</param>
/// <param name="RebuiltAt">When its tables last were replaced by rebuilt ones.</param>
/// <param name="ParkedCount">Events that its tables go without, refused by the database, they or one before them in their stream.</param>
/// <param name="Parked">The first of them.</param>
/// <param name="Lag">Events that are not in its tables yet.</param>
public sealed record ProjectionView(
    string Name,
    bool Inline,
    int Version,
    string State,
    long Position,
    long LastPosition,
    string? Error,
    RebuildView? Rebuild,
    DateTimeOffset? RebuiltAt,
    long ParkedCount,
    IReadOnlyList<ParkedEventView> Parked,
    long Lag);

/// <summary>An event that a projection could not take.</summary>
/// <param name="Rebuild">The tables of a rebuild could not, those that serve are not concerned.</param>
/// <param name="Error">What the database said; null: it waits behind another of its stream.</param>
public sealed record ParkedEventView(long Position, string Stream, bool Rebuild, string? Error, DateTimeOffset At);

/// <summary>How far a rebuild has come. The tables that serve are not touched by it until it is done.</summary>
/// <param name="Position">The new tables are filled up to this log position; null while no process has begun.</param>
/// <param name="EventsPerSecond">Since it began or last went on; null while there is nothing to go by.</param>
/// <param name="Remaining">At that rate.</param>
/// <param name="Error">Why it does not go on now; it tries again.</param>
public sealed record RebuildView(
    int Version,
    DateTimeOffset RequestedAt,
    DateTimeOffset? StartedAt,
    long? Position,
    long Total,
    double? EventsPerSecond,
    TimeSpan? Remaining,
    string? Error);

/// <summary>What was ordered; the progress is in the list.</summary>
public sealed record ProjectionOrderAnswer(string Projection, string Act);
