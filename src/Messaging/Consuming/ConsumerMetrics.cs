using System.Diagnostics;
using System.Diagnostics.Metrics;
using Payments.Messaging.Envelope;

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

    /// <summary>A consumer begins: what has not happened yet shows as 0, so that its first time shows as a rise.</summary>
    public static void Begin(string consumer)
    {
        var tag = new KeyValuePair<string, object?>("consumer", consumer);
        DeadLetters.Add(0, tag);
        ParkedCount.Add(0, tag);
    }

    public static void Handled(string consumer, int count) =>
        BatchSize.Record(count, new KeyValuePair<string, object?>("consumer", consumer));

    public static void DeadLettered(string consumer) => DeadLetters.Add(1, new KeyValuePair<string, object?>("consumer", consumer));

    public static void Parked(string consumer) => ParkedCount.Add(1, new KeyValuePair<string, object?>("consumer", consumer));

    public static void Retried(string consumer, string outcome) =>
        Retries.Add(1, new("consumer", consumer), new KeyValuePair<string, object?>("outcome", outcome));

    /// <summary>
    /// The span of a whole batch, linked with the traces of all its messages: what they cost together (loading, the commit) is its. It is
    /// the trace's own where the batch is one message.
    /// </summary>
    public static Activity? StartBatch(string consumer, IEnumerable<Message> messages)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        var traces = messages
            .Select(m => ActivityContext.TryParse(m.Headers.TraceParent, null, isRemote: true, out var trace) ? trace : default)
            .Where(trace => trace != default).ToList();
        if (traces.Count == 0)
        {
            return null;
        }

        var parent = traces.Select(t => t.TraceId).Distinct().Count() == 1 ? traces[0] : default;
        Activity.Current = null; // Without a parent it begins a trace of its own.
        var activity = Source.StartActivity(
            ActivityKind.Consumer, parent, null, traces.Select(t => new ActivityLink(t)), default, $"receive {consumer}");
        activity?.SetTag("messaging.system", "kafka");
        activity?.SetTag("messaging.operation.type", "receive");
        activity?.SetTag("messaging.consumer.group.name", consumer);
        activity?.SetTag("messaging.batch.message_count", traces.Count);
        return activity;
    }

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
        activity?.SetTag("messaging.message.conversation_id", message.Headers.Correlation);
        return activity;
    }
}
