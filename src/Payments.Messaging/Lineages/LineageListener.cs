using Confluent.Kafka;

namespace Payments.Messaging.Lineages;

/// <summary>Listens to what relays say of their logs, from now on, on a thread of its own.</summary>
internal sealed class LineageListener : IDisposable
{
    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan TroubleRetryAfter = TimeSpan.FromMilliseconds(500);

    private readonly IConsumer<byte[], byte[]> _consumer;
    private readonly HeardLineages _heard;
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;

    public LineageListener(KafkaClientFactory clients, string consumer, HeardLineages heard)
    {
        // The group is only a name that Kafka asks for: the partition is taken directly and no offset is ever committed.
        _consumer = clients.ConsumerBuilder($"{consumer}-lineages", $"{consumer}-lineages").Build();
        _heard = heard;
        _consumer.Assign(new TopicPartitionOffset(Topics.ConsumerProgress.Name, 0, Offset.End));
        _thread = new Thread(Listen) { IsBackground = true, Name = $"lineages for {consumer}" };
        _thread.Start();
    }

    public void Dispose()
    {
        _stop.Cancel();
        _thread.Join();
        _consumer.Close();
        _consumer.Dispose();
        _stop.Dispose();
    }

    private void Listen()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var record = _consumer.Consume(PollTime);
                if (record?.Message.Value is { } json && LineageAnnouncement.Read(json) is { } announcement)
                {
                    _heard.Hear(announcement, SentTime.Of(record));
                }
            }
            catch (KafkaException)
            {
                // The topic is not there, or the broker is not. Whoever waits for a word of a relay sees that none comes, and says so.
                _stop.Token.WaitHandle.WaitOne(TroubleRetryAfter);
            }
        }
    }
}
