using System.Text.Json;

namespace Payments.Contracts.Events;

/// <summary>An event, however much of its envelope comes with it.</summary>
public interface IRecordedEvent
{
    string Stream { get; }

    string Type { get; }

    Guid CorrelationId { get; }

    JsonElement Data { get; }
}

/// <summary>One event as a history shows it.</summary>
/// <param name="Service">The log it is stored in: payments, wallets or sagas.</param>
public sealed record HistoryEvent(
    string Service,
    long Position,
    string Stream,
    long Version,
    Guid EventId,
    string Type,
    Guid CorrelationId,
    Guid? CausationId,
    string Actor,
    DateTimeOffset RecordedAt,
    JsonElement Data) : IRecordedEvent;

/// <summary>An event with all of its envelope. Card tokens in its data are masked.</summary>
/// <param name="Service">The log it is stored in: payments, wallets or sagas.</param>
/// <param name="CausationId">The event or request that caused it.</param>
/// <param name="TraceParent">W3C trace context, if traced.</param>
/// <param name="RoutingKey">What its message is ordered by; null when it is not sent.</param>
public sealed record EventView(
    string Service,
    long Position,
    string Stream,
    long Version,
    Guid EventId,
    string Type,
    int SchemaVersion,
    Guid CorrelationId,
    Guid? CausationId,
    string Actor,
    string? TraceParent,
    string? RoutingKey,
    DateTimeOffset RecordedAt,
    JsonElement Data) : IRecordedEvent;

/// <summary>A month whose events are in a file and not in the database.</summary>
public sealed record ArchivedPart(string Month, long FirstPosition, long LastPosition);

/// <summary>A page of a search in one log.</summary>
/// <param name="Items">In the order that was asked for.</param>
/// <param name="Next">Go on from here; null when all is searched.</param>
/// <param name="SearchedTo">The last position that was looked at. With a next one and few items, the search has only stopped there.</param>
/// <param name="SearchedToAt">When the event there was recorded; null when there is none.</param>
/// <param name="FirstPosition">The first position that is online; 0 when none is.</param>
/// <param name="LastPosition">The last position of the log, as this reader knew it.</param>
/// <param name="Archived">Months that were asked for and are in archives: what they hold was not searched.</param>
public sealed record EventPage(
    IReadOnlyList<EventView> Items,
    long? Next,
    long SearchedTo,
    DateTimeOffset? SearchedToAt,
    long FirstPosition,
    long LastPosition,
    IReadOnlyList<ArchivedPart> Archived);

/// <summary>One event with its neighbours.</summary>
/// <param name="PreviousInStream">The position of the version before; null when there is none online.</param>
/// <param name="NextInStream">The position of the version after; null when there is none.</param>
public sealed record EventDetail(EventView Event, long? PreviousInStream, long? NextInStream, long LastPosition);
