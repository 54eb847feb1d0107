namespace Payments.EventStore.Contract;

/// <summary>Where an event comes from and where it goes. Stored with it, sent with it.</summary>
/// <param name="CorrelationId">What it all belongs to: for a payment's events, the payment's id.</param>
/// <param name="CausationId">The event or command that caused it; null at the start of a chain.</param>
/// <param name="Actor">Who asked: a client, an operator or a service.</param>
/// <param name="TraceParent">W3C trace context of the work that made it, if traced.</param>
/// <param name="RoutingKey">What its message is ordered by, for example <c>user/alice</c>; null when it is not sent.</param>
public sealed record EventMetadata(Guid CorrelationId, Guid? CausationId, string Actor, string? TraceParent, string? RoutingKey);

/// <summary>An event to append.</summary>
/// <param name="EventId">UUIDv7.</param>
/// <param name="Type">Stored name, for example <c>wallet.opened.v1</c>.</param>
/// <param name="Data">UTF-8 JSON.</param>
public sealed record NewEvent(Guid EventId, string Type, int SchemaVersion, ReadOnlyMemory<byte> Data, EventMetadata Metadata);

/// <summary>An event as stored.</summary>
/// <param name="Position">Its place in the log: 1, 2, 3 … without gaps, in commit order.</param>
/// <param name="StreamVersion">Its place in its stream: 1, 2, 3 …</param>
/// <param name="RecordedAt">UTC, never earlier than that of the position before it.</param>
public sealed record StoredEvent(
    long Position,
    StreamId Stream,
    long StreamVersion,
    Guid EventId,
    string Type,
    int SchemaVersion,
    ReadOnlyMemory<byte> Data,
    EventMetadata Metadata,
    DateTimeOffset RecordedAt);
