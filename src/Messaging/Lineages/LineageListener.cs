using Confluent.Kafka;
using Payments.Messaging.Kafka;
using Payments.Messaging.Topics;

namespace Payments.Messaging.Lineages;

/// <summary>Listens to what relays say of their logs, from now on, on a thread of its own.</summary>
internal sealed class LineageListener : IDisposable
{
    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan TroubleRetryAfter = TimeSpan.FromMilliseconds(500);

    private readonly Func<IConsumer<byte[], byte[]>> _connect;
    private readonly AnnouncedLineages _announced;
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;
    private IConsumer<byte[], byte[]> _consumer;

    public LineageListener(KafkaClientFactory clients, string consumer, AnnouncedLineages heard)
    {
        _connect = () => clients.CreateProgressConsumer($"{consumer}-lineages", $"{consumer}-lineages");
        _consumer = _connect();
        _announced = heard;
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
                if (record is { Message: { Key: { } key, Value: { } json } } && LineageAnnouncement.IsKey(key)
                    && LineageAnnouncement.Read(json) is { } announcement)
                {
                    _announced.Hear(announcement, SentTime.Of(record));
                }
            }
            catch (KafkaException lost) when (TopicKeeper.IsMissingTopic(lost))
            {
                // It is created again within seconds, and librdkafka would look for it only after minutes.
                _stop.Token.WaitHandle.WaitOne(TroubleRetryAfter);
                _consumer.Dispose();
                _consumer = _connect();
            }
            catch (KafkaException)
            {
                // The broker is not there. Whoever waits for a word of a relay sees that none comes, and says so.
                _stop.Token.WaitHandle.WaitOne(TroubleRetryAfter);
            }
        }
    }
}
