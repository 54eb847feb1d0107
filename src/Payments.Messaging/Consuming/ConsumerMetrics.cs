using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Payments.Messaging.Consuming;

/// <summary>Spans and meters of all consumers.</summary>
internal static class ConsumerMetrics
{
    private static readonly ActivitySource Source = new("Payments.Messaging");
    private static readonly Meter Meter = new("Payments.Messaging");
    private static readonly Histogram<int> BatchSize =
        Meter.CreateHistogram<int>("payments.consumer.batch.size", "{message}", "Messages handled in one transaction.");
    private static readonly Counter<long> DeadLetters =
        Meter.CreateCounter<long>("payments.consumer.dead_letters", "{message}", "Messages that became dead letters.");

    public static void Handled(string consumer, int count) => BatchSize.Record(count, new KeyValuePair<string, object?>("consumer", consumer));

    public static void DeadLettered(string consumer) => DeadLetters.Add(1, new KeyValuePair<string, object?>("consumer", consumer));

    /// <summary>A span of the trace that the message belongs to, so that a payment is one trace across Kafka.</summary>
    public static Activity? StartHandling(string consumer, Message message)
    {
        var activity = Source.StartActivity($"process {message.Headers.Type}", ActivityKind.Consumer, message.Headers.TraceParent);
        activity?.SetTag("messaging.system", "kafka");
        activity?.SetTag("messaging.operation.type", "process");
        activity?.SetTag("messaging.destination.name", message.Topic);
        activity?.SetTag("messaging.destination.partition.id", message.Partition);
        activity?.SetTag("messaging.consumer.group.name", consumer);
        activity?.SetTag("messaging.message.id", message.Headers.Id);
        return activity;
    }
}
