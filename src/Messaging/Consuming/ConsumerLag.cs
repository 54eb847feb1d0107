using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Confluent.Kafka;
using Payments.Messaging.Kafka;

namespace Payments.Messaging.Consuming;

/// <summary>
/// How many messages each partition of a consumer holds that it has not taken yet, from what its fetches told: nobody is asked for it.
/// </summary>
internal static class ConsumerLag
{
    private static readonly Meter Meter = new("Payments.Messaging");
    private static readonly ConcurrentDictionary<(string Consumer, TopicPartition Partition), long> Lags = [];

    static ConsumerLag() => Meter.CreateObservableGauge(
        "payments.consumer.lag",
        () => Lags.Select(l => new Measurement<long>(
            l.Value,
            new("consumer", l.Key.Consumer),
            new("topic", l.Key.Partition.Topic),
            new KeyValuePair<string, object?>("partition", l.Key.Partition.Partition.Value))),
        "{message}",
        "Messages on a partition that its consumer has yet to take.");

    /// <summary>Measures the partitions that a consumer has now, and forgets those that it has no more.</summary>
    public static void Measure(string name, IConsumer<byte[], byte[]> consumer, BrokerNames names)
    {
        var assigned = consumer.Assignment.ToDictionary(p => names.Ours(p));
        foreach (var known in Lags.Keys)
        {
            if (known.Consumer == name && !assigned.ContainsKey(known.Partition))
            {
                Lags.TryRemove(known, out _);
            }
        }

        foreach (var (partition, onBroker) in assigned)
        {
            Lags[(name, partition)] = LagOf(consumer, onBroker) ?? Lags.GetValueOrDefault((name, partition));
        }
    }

    /// <summary>Null: nothing was fetched yet, or the partition is just being taken away.</summary>
    private static long? LagOf(IConsumer<byte[], byte[]> consumer, TopicPartition partition)
    {
        try
        {
            var (end, next) = (consumer.GetWatermarkOffsets(partition).High, consumer.Position(partition));
            return end.IsSpecial || next.IsSpecial ? null : Math.Max(0, end.Value - next.Value);
        }
        catch (KafkaException)
        {
            return null; // A metric is no reason to begin anew.
        }
    }

    /// <summary>It has stopped: others have its partitions.</summary>
    public static void Left(string name)
    {
        foreach (var known in Lags.Keys.Where(k => k.Consumer == name))
        {
            Lags.TryRemove(known, out _);
        }
    }
}
