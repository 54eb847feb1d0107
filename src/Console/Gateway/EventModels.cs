using System.Text.Json;

namespace Payments.Console.Gateway;

/// <summary>A month of a log that is in a file and not in the database.</summary>
public sealed record ArchivedPart(string Month, long FirstPosition, long LastPosition);

/// <summary>A page of a search in one log, newest first.</summary>
/// <param name="Next">Goes on from here; null when all is searched.</param>
/// <param name="SearchedTo">The last position that was looked at. With a next one and few items, the search has only stopped there.</param>
public sealed record EventPage(
    IReadOnlyList<HistoryEvent> Items,
    long? Next,
    long SearchedTo,
    DateTimeOffset? SearchedToAt,
    long FirstPosition,
    long LastPosition,
    IReadOnlyList<ArchivedPart> Archived);

public sealed record EventDetail(HistoryEvent Event, long? PreviousInStream, long? NextInStream, long LastPosition);

/// <summary>A state as it was; version 0 and no state before the first event.</summary>
public sealed record StateView(string Stream, long Version, DateTimeOffset? RecordedAt, JsonElement? State);

/// <summary>An event between two states.</summary>
public sealed record PassedEvent(
    long Version, long Position, Guid EventId, string Type, Guid CorrelationId, DateTimeOffset RecordedAt, JsonElement Data);

/// <summary>Two states of a stream, what differs, and the events between them.</summary>
public sealed record StateDiffView(
    StateView From, StateView To, IReadOnlyList<StateChange> Changes, IReadOnlyList<PassedEvent> Events, bool Truncated);
