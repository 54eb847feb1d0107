using System.Text.Json;
using System.Text.Json.Serialization;
using Payments.EventStore.Contract;

namespace Payments.Operations.History;

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
    JsonElement Data)
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
