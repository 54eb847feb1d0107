using System.Collections.Concurrent;
using Confluent.Kafka;
using Payments.Messaging.Kafka;
using Payments.Messaging.Lineages;

namespace Payments.Messaging.Relay;

/// <summary>Hears what consumers say of their progress, and asks the broker where partitions end.</summary>
internal sealed class ProgressListener : IDisposable
{
    private readonly BrokerNames _names;
    private readonly IConsumer<byte[], byte[]> _consumer;

    public ProgressListener(KafkaClientFactory clients, string source)
    {
        _names = clients.Names;
        _consumer = clients.CreateProgressConsumer($"relay-{source}", $"relay-{source}-progress");
    }

    /// <summary>Reads until cancelled; blocks a thread of its own.</summary>
    public void Listen(ConcurrentQueue<ConsumerProgress> heard, CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            var record = _consumer.Consume(TimeSpan.FromMilliseconds(100));
            if (record is { Message: { Value: { } json } message } && !LineageAnnouncement.IsKey(message.Key)
                && ConsumerProgress.Read(json) is { } progress)
            {
                heard.Enqueue(progress);
            }
        }
    }

    /// <summary>The offset at which each partition ends now. Asks the broker; blocks.</summary>
    public Dictionary<PartitionOf, long> Ends(IEnumerable<PartitionOf> partitions, TimeSpan answerWithin) => partitions.ToDictionary(
        p => p,
        p => _consumer.QueryWatermarkOffsets(_names.OnBroker(p), answerWithin).High.Value);

    public void Dispose()
    {
        _consumer.Close();
        _consumer.Dispose();
    }
}
