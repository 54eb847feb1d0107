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
    private static readonly Counter<long> ParkedCount =
        Meter.CreateCounter<long>("payments.consumer.parked", "{message}", "Messages set aside: failed, or behind one that failed.");
    private static readonly Counter<long> Retries =
        Meter.CreateCounter<long>("payments.consumer.retries", "{message}", "Parked messages that were handled again, by outcome.");

    public static void Handled(string consumer, int count) => BatchSize.Record(count, new KeyValuePair<string, object?>("consumer", consumer));

    public static void DeadLettered(string consumer) => DeadLetters.Add(1, new KeyValuePair<string, object?>("consumer", consumer));

    public static void Parked(string consumer) => ParkedCount.Add(1, new KeyValuePair<string, object?>("consumer", consumer));

    public static void Retried(string consumer, string outcome) =>
        Retries.Add(1, new("consumer", consumer), new KeyValuePair<string, object?>("outcome", outcome));

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
