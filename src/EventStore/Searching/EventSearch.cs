using Payments.EventStore.Contract;
using Payments.EventStore.Partitions;

namespace Payments.EventStore.Searching;

/// <summary>Which events of a log somebody looks for, and how far at once.</summary>
/// <param name="CountMax">Events on a page, at most.</param>
/// <param name="WindowMax">
/// Positions, or of a stream its versions, that one search looks through at most. What matches little would otherwise read the whole log.
/// </param>
public sealed record EventSearch(int CountMax, int WindowMax)
{
    public EventFilter Filter { get; init; } = EventFilter.None;

    /// <summary>Only this stream.</summary>
    public StreamId? Stream { get; init; }

    /// <summary>With a stream: only these of its versions.</summary>
    public VersionRange Versions { get; init; } = VersionRange.All;

    /// <summary>Only later positions.</summary>
    public long After { get; init; }

    /// <summary>Only earlier positions.</summary>
    public long Before { get; init; } = long.MaxValue;

    public bool OldestFirst { get; init; }
}

/// <summary>A page of what was found.</summary>
/// <param name="Events">In the order that was asked for.</param>
/// <param name="Next">
/// Go on from here: as <see cref="EventSearch.Before"/> or, oldest first, as <see cref="EventSearch.After"/>. Null when all is searched.
/// </param>
/// <param name="SearchedTo">The last position that was looked at; 0 when there was none.</param>
/// <param name="SearchedToAt">When the event there was recorded; null when there is none.</param>
/// <param name="FirstPosition">The first position that is online; 0 when none is.</param>
/// <param name="LastPosition">The last position of the log, as this reader knew it.</param>
/// <param name="Archived">Months that were asked for and are in archives: what they hold was not searched.</param>
public sealed record FoundEvents(
    IReadOnlyList<StoredEvent> Events,
    long? Next,
    long SearchedTo,
    DateTimeOffset? SearchedToAt,
    long FirstPosition,
    long LastPosition,
    IReadOnlyList<ArchivedMonth> Archived);

/// <summary>One event with its neighbours.</summary>
/// <param name="Event">Null when it is archived, or when the log does not go so far.</param>
/// <param name="PreviousInStream">The position of the version before; null when there is none online.</param>
/// <param name="NextInStream">The position of the version after; null when there is none.</param>
/// <param name="Archived">The month that it is archived in.</param>
public sealed record FoundEvent(
    StoredEvent? Event, long? PreviousInStream, long? NextInStream, long LastPosition, ArchivedMonth? Archived);
