using Confluent.Kafka;
using Payments.EventStore.Contract;
using Payments.Messaging.Envelope;
using Payments.Messaging.Topics;

namespace Payments.Messaging.Relay;

/// <summary>An event as a message: where it belongs, and what it says of itself. The relay and replays make the same.</summary>
public static class EventMessage
{
    /// <summary>The logical partition of an event, or null for one that stays in its own service.</summary>
    /// <exception cref="InvalidOperationException">A routed event of an unknown kind: a bug.</exception>
    public static PartitionOf? PlaceOf(StoredEvent e) =>
        Routes.TopicOf(e) is { } topic
            ? new PartitionOf(topic.Name, PaymentEventsPartitioner.PartitionOf(topic, e.Metadata.RoutingKey!))
            : null;

    /// <param name="source">The name of the log.</param>
    /// <param name="lineage">Its lineage, which contains the event's incarnation.</param>
    /// <param name="previous">What the source put on the logical partition before it; 0 for nothing.</param>
    /// <param name="replay">Set on a message that was sent before and is sent again because somebody asked for it.</param>
    /// <param name="sentBy">The trace context of the sending, where it is traced; else that of the event itself.</param>
    public static Message<byte[], byte[]> Encode(
        string source, LogLineage lineage, StoredEvent e, long previous, ReplayMark? replay = null, string? sentBy = null) =>
        MessageCodec.Encode(
        e.Metadata.RoutingKey!,
        new MessageHeaders
        {
            Id = e.EventId,
            Type = e.Type,
            Schema = e.SchemaVersion,
            Source = source,
            Position = e.Position,
            Incarnation = lineage.At(e.Position) is { } incarnation && incarnation != LogLineage.Nameless ? incarnation : null,
            Previous = previous,
            Stream = e.Stream.ToString(),
            Version = e.StreamVersion,
            Correlation = e.Metadata.CorrelationId,
            Causation = e.Metadata.CausationId,
            Actor = e.Metadata.Actor,
            TraceParent = sentBy ?? e.Metadata.TraceParent,
            Recorded = e.RecordedAt,
            Replay = replay?.Id,
            ReplayFor = replay?.Consumer,
            Again = replay?.Again,
        },
        e.Data);
}

/// <summary>Says that a message is a replay.</summary>
/// <param name="Id">Which one.</param>
/// <param name="Consumer">The only one of our consumers that it is for; null for all.</param>
/// <param name="Again">Set: the consumer is to hear it although it has handled it.</param>
public sealed record ReplayMark(Guid Id, string? Consumer, Guid? Again = null);
