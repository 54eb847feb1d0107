using Confluent.Kafka;
using Payments.Messaging.Topics;

namespace SimulationTests.Bus;

/// <summary>Topics and partitions as a broker keeps them, until it loses them.</summary>
internal sealed class Broker
{
    private readonly Dictionary<string, List<Message<byte[], byte[]>>[]> _topics =
        PlatformTopics.All.ToDictionary(
            t => t.Name,
            t => Enumerable.Range(0, t.Partitions).Select(_ => new List<Message<byte[], byte[]>>()).ToArray());

    public long Produce(string topic, int partition, Message<byte[], byte[]> message)
    {
        var log = _topics[topic][partition];
        log.Add(message);
        return log.Count - 1;
    }

    /// <summary>The offset at which a partition ends.</summary>
    public long End(string topic, int partition) => _topics[topic][partition].Count;

    public ConsumeResult<byte[], byte[]> Read(string topic, int partition, long offset) => new()
    {
        Topic = topic,
        Partition = partition,
        Offset = offset,
        Message = _topics[topic][partition][(int)offset],
    };

    public void Lose()
    {
        foreach (var partition in _topics.Values.SelectMany(p => p))
        {
            partition.Clear();
        }
    }
}
