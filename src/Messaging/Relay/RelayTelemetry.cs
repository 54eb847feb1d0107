using System.Diagnostics;
using System.Diagnostics.Metrics;
using Payments.EventStore.Contract;

namespace Payments.Messaging.Relay;

/// <summary>Spans and meters of the relays: what goes to the broker.</summary>
internal static class RelayTelemetry
{
    private static readonly ActivitySource Source = new("Payments.Messaging");
    private static readonly Meter Meter = new("Payments.Messaging");
    private static readonly Counter<long> Published =
        Meter.CreateCounter<long>("payments.relay.published", "{message}", "Messages that the broker has confirmed.");

    /// <summary>
    /// The span from handing a message over to the broker's word, in the trace of the event. Whoever ends it calls Dispose; it is not
    /// current, because the next message belongs to another trace.
    /// </summary>
    public static Activity? StartSending(StoredEvent e, PartitionOf to)
    {
        if (e.Metadata.TraceParent is not { } parent || !Source.HasListeners())
        {
            return null;
        }

        var before = Activity.Current;
        var span = Source.StartActivity($"send {e.Type}", ActivityKind.Producer, parent);
        Activity.Current = before;
        span?.SetTag("messaging.system", "kafka");
        span?.SetTag("messaging.operation.type", "send");
        span?.SetTag("messaging.destination.name", to.Topic);
        span?.SetTag("messaging.destination.partition.id", to.Partition);
        span?.SetTag("messaging.message.id", e.EventId);
        span?.SetTag("messaging.message.conversation_id", e.Metadata.CorrelationId);
        return span;
    }

    /// <summary>The broker has spoken.</summary>
    /// <param name="error">What went wrong; null when nothing did.</param>
    public static void Ended(Activity? span, string source, string topic, string? error)
    {
        if (error is null)
        {
            Published.Add(1, new("log", source), new KeyValuePair<string, object?>("topic", topic));
        }

        if (span is not null)
        {
            span.SetStatus(error is null ? ActivityStatusCode.Unset : ActivityStatusCode.Error, error);
            span.Stop();
        }
    }
}
