using System.Text.Json;
using System.Text.Json.Serialization;
using Payments.Contracts.Events;
using Payments.EventStore.Contract;
using Payments.EventStore.Searching;
using Payments.Hosting;

namespace Payments.Operations.Events;

internal static class EventViews
{
    /// <summary>Card tokens are masked.</summary>
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

    public static EventPage Of(string service, FoundEvents found) => new(
        [.. found.Events.Select(e => Of(service, e))],
        found.Next,
        found.SearchedTo,
        found.SearchedToAt,
        found.FirstPosition,
        found.LastPosition,
        [.. found.Archived.Select(m => new ArchivedPart(m.Month.ToString(), m.FirstPosition, m.LastPosition))]);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EventPage))]
[JsonSerializable(typeof(EventDetail))]
internal sealed partial class EventJson : JsonSerializerContext;
