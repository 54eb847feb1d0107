using System.Text.Json;
using System.Text.Json.Serialization;
using Payments.EventStore.Contract;
using Payments.EventStore.Searching;
using Payments.Hosting;

namespace Payments.Operations.Events;

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
    JsonElement Data)
{
    public static EventView Of(string service, StoredEvent e) => new(
        service,
        e.Position,
        e.Stream.ToString(),
        e.StreamVersion,
        e.EventId,
        e.Type,
        e.SchemaVersion,
        e.Metadata.CorrelationId,
        e.Metadata.CausationId,
        e.Metadata.Actor,
        e.Metadata.TraceParent,
        e.Metadata.RoutingKey,
        e.RecordedAt,
        TokenMask.Hide(JsonDocument.Parse(e.Data).RootElement));
}

/// <summary>A month whose events are in a file.</summary>
public sealed record ArchivedPart(string Month, long FirstPosition, long LastPosition);

/// <inheritdoc cref="FoundEvents"/>
public sealed record EventPage(
    IReadOnlyList<EventView> Items,
    long? Next,
    long SearchedTo,
    DateTimeOffset? SearchedToAt,
    long FirstPosition,
    long LastPosition,
    IReadOnlyList<ArchivedPart> Archived)
{
    public static EventPage Of(string service, FoundEvents found) => new(
        [.. found.Events.Select(e => EventView.Of(service, e))],
        found.Next,
        found.SearchedTo,
        found.SearchedToAt,
        found.FirstPosition,
        found.LastPosition,
        [.. found.Archived.Select(m => new ArchivedPart(m.Month.ToString(), m.FirstPosition, m.LastPosition))]);
}

/// <inheritdoc cref="FoundEvent"/>
public sealed record EventDetail(EventView Event, long? PreviousInStream, long? NextInStream, long LastPosition);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EventPage))]
[JsonSerializable(typeof(EventDetail))]
internal sealed partial class EventJson : JsonSerializerContext;
