using Confluent.Kafka;
using Payments.Messaging.Kafka;

namespace Payments.Messaging.ConsumerStatuses;

/// <summary>
/// Looks, beside a consumer's work, where its partitions end, and holds them while a person wants it paused. Called by the consumer's own
/// thread between its batches.
/// </summary>
internal sealed class PartitionWatch(ConsumerStatus standing, BrokerNames names, TimeProvider clock)
{
    /// <summary>How often the broker is asked while the consumer is paused, and so nothing is fetched.</summary>
    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(2);

    private readonly HashSet<TopicPartition> _held = [];
    private readonly Dictionary<TopicPartition, long> _startsAt = [];
    private long? _askedAt;

    /// <summary>Other partitions than before: whatever was held is not any more.</summary>
    public void Forget()
    {
        _held.Clear();
        _startsAt.Clear();
    }

    /// <summary>Holds the partitions, or lets them go on. A member that is paused stays in its group.</summary>
    public void ApplyPause(IConsumer<byte[], byte[]> consumer)
    {
        if (standing.IsPaused)
        {
            var free = consumer.Assignment.Except(_held).ToList();
            if (free.Count > 0)
            {
                consumer.Pause(free);
                _held.UnionWith(free);
            }
        }
        else if (_held.Count > 0)
        {
            consumer.Resume(consumer.Assignment.Intersect(_held).ToList());
            _held.Clear();
        }
    }

    /// <param name="handled">Offsets after what was handled since the last look.</param>
    public void Look(IConsumer<byte[], byte[]> consumer, IReadOnlyDictionary<TopicPartition, long> handled)
    {
        var assignment = consumer.Assignment;
        standing.Assigned(assignment.Select(p => names.Ours(p)));
        foreach (var (partition, next) in handled)
        {
            standing.Handled(partition, next);
        }

        try
        {
            Learn(consumer, assignment);
            if (standing.IsPaused)
            {
                QueryOffsets(consumer, assignment);
                return;
            }
        }
        catch (KafkaException)
        {
            return; // A broker that does not answer is seen elsewhere; here the standing only gets old.
        }

        foreach (var partition in assignment)
        {
            // What fetching tells, without a request of its own. Unset until the first answer to a fetch.
            var (end, position) = (consumer.GetWatermarkOffsets(partition).High, consumer.Position(partition));
            if (end != Offset.Unset)
            {
                var next = position == Offset.Unset ? _startsAt.GetValueOrDefault(partition) : position.Value;
                standing.Ends(names.Ours(partition), next, end.Value);
            }
        }
    }

    /// <summary>Where this member goes on, on partitions that are new to it: one request.</summary>
    private void Learn(IConsumer<byte[], byte[]> consumer, List<TopicPartition> assignment)
    {
        var unknown = assignment.Where(p => !_startsAt.ContainsKey(p)).ToList();
        if (unknown.Count > 0)
        {
            foreach (var committed in consumer.Committed(unknown, AnswerWithin))
            {
                _startsAt[committed.TopicPartition] = committed.Offset.IsSpecial ? 0 : committed.Offset.Value;
            }
        }
    }

    /// <summary>Where partitions end, while nothing is fetched.</summary>
    private void QueryOffsets(IConsumer<byte[], byte[]> consumer, List<TopicPartition> assignment)
    {
        if (_askedAt is { } asked && clock.GetElapsedTime(asked) < AskEvery)
        {
            return;
        }

        _askedAt = clock.GetTimestamp();
        foreach (var partition in assignment)
        {
            var end = consumer.QueryWatermarkOffsets(partition, AnswerWithin).High.Value;
            standing.Ends(names.Ours(partition), _startsAt.GetValueOrDefault(partition), end);
        }
    }
}
