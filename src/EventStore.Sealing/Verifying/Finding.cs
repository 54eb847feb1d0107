namespace Payments.EventStore.Sealing.Verifying;

/// <summary>What kind of thing is not as it was sealed.</summary>
public enum FindingKind
{
    /// <summary>Another event, or other content, than the one that was sealed at this position.</summary>
    Changed,

    /// <summary>An event that was there is not.</summary>
    Missing,

    /// <summary>An event that nobody appended.</summary>
    Inserted,

    /// <summary>A row of <c>seals</c> contradicts itself, or the seal before it.</summary>
    SealChanged,

    /// <summary>A row of <c>seals</c> is not there.</summary>
    SealMissing,

    /// <summary>A seal is not the one that was noted elsewhere: it, and events before its end, were written anew.</summary>
    SealRewritten,

    /// <summary>A row of <c>streams</c> says something else than the stream's events.</summary>
    StreamRow,

    /// <summary>The row of <c>log_head</c> says something else than the events.</summary>
    LogHead,
}

/// <summary>One thing that is not as it was sealed.</summary>
/// <param name="Position">Where in the log; null for what has no place in it.</param>
/// <param name="Interval">The number of the seal that knows better, where there is one.</param>
/// <param name="Stream">The event's stream, as far as it is known.</param>
/// <param name="What">For people, all of the above included.</param>
public sealed record Finding(FindingKind Kind, long? Position, long? Interval, string? Stream, long? Version, Guid? EventId, string What);

/// <summary>The outcome of a verification.</summary>
public sealed record VerifyReport
{
    public const int FindingsMax = 100;

    /// <summary>Events that were read and hashed.</summary>
    public required long Events { get; init; }

    /// <summary>Events in archives that were not read: the seals are taken at their word for them.</summary>
    public required long ArchivedNotHashed { get; init; }

    /// <summary>Events after the newest seal: only their order is checked.</summary>
    public required long Unsealed { get; init; }

    public required long Seals { get; init; }

    /// <summary>To be noted elsewhere; null when nothing is sealed yet.</summary>
    public required SealMark? Newest { get; init; }

    public required long NewestPosition { get; init; }

    /// <summary>In order of position, at most <see cref="FindingsMax"/>: the first is the first thing that is wrong.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    public required long FindingsCount { get; init; }
}
