using Confluent.Kafka;
using Payments.Messaging.Relay;

namespace Payments.Messaging.Kafka;

/// <summary>
/// The names of topics on the broker: ours with the prefix of this installation before them. Everything but the calls to a Kafka client has
/// our own names, without it: watermarks, parked messages, the relay's books, metrics.
/// </summary>
public sealed class BrokerNames(string prefix)
{
    public string OnBroker(string topic) => prefix.Length == 0 ? topic : prefix + topic;

    public TopicPartition OnBroker(PartitionOf partition) => new(OnBroker(partition.Topic), partition.Partition);

    public TopicPartition OnBroker(TopicPartition ours) => prefix.Length == 0 ? ours : new(prefix + ours.Topic, ours.Partition);

    /// <summary>Our name of a topic of this installation, as the broker calls it.</summary>
    public string Ours(string onBroker) => prefix.Length == 0 ? onBroker : onBroker[prefix.Length..];

    public TopicPartition Ours(TopicPartition onBroker) =>
        prefix.Length == 0 ? onBroker : new(Ours(onBroker.Topic), onBroker.Partition);

    /// <summary>A message that was read, with our name of its topic.</summary>
    public ConsumeResult<byte[], byte[]> Ours(ConsumeResult<byte[], byte[]> record)
    {
        if (prefix.Length > 0)
        {
            record.Topic = Ours(record.Topic);
        }

        return record;
    }
}
