using System.Text.Json;
using System.Text.Json.Serialization;
using Payments.Contracts.Events;
using Payments.EventStore.Contract;

namespace Payments.Operations.History;

internal static class HistoryEvents
{
    public static HistoryEvent Of(string service, StoredEvent e) => new(
        service,
        e.Position,
        e.Stream.ToString(),
        e.StreamVersion,
        e.EventId,
        e.Type,
        e.Metadata.CorrelationId,
        e.Metadata.CausationId,
        e.Metadata.Actor,
        e.RecordedAt,
        JsonDocument.Parse(e.Data).RootElement);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(IReadOnlyList<HistoryEvent>))]
[JsonSerializable(typeof(List<HistoryEvent>))]
public sealed partial class HistoryJson : JsonSerializerContext;
