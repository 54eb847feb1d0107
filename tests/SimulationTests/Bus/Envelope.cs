using Confluent.Kafka;
using Payments.EventStore;
using Payments.Messaging;

namespace SimulationTests.Bus;

/// <summary>Messages as the relay writes them.</summary>
internal static class Envelope
{
    /// <summary>For topics that nobody reads.</summary>
    public static readonly Message<byte[], byte[]> Unread = new();

    public static Message<byte[], byte[]> Of(string source, StoredEvent e, long previous) => MessageCodec.Encode(
        e.Metadata.RoutingKey!,
        new MessageHeaders
        {
            Id = e.EventId,
            Type = e.Type,
            Schema = e.SchemaVersion,
            Source = source,
            Position = e.Position,
            Previous = previous,
            Stream = e.Stream.ToString(),
            Version = e.StreamVersion,
            Correlation = e.Metadata.CorrelationId,
            Causation = e.Metadata.CausationId,
            Actor = e.Metadata.Actor,
            TraceParent = e.Metadata.TraceParent,
            Recorded = e.RecordedAt,
        },
        e.Data);

    /// <summary>A record that is none of ours.</summary>
    public static Message<byte[], byte[]> Poison() => new() { Key = "user/nobody"u8.ToArray(), Value = "{"u8.ToArray(), Headers = [] };
}
