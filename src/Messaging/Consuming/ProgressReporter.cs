using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Payments.Messaging.Kafka;
using Payments.Messaging.Relay;
using Payments.Messaging.Topics;

namespace Payments.Messaging.Consuming;

/// <summary>
/// Tells the relays how far a consumer has come. A hint that is said again all the time: where it cannot be sent, the relay only learns it
/// later, and the consumer goes on. So its producer gives up after some seconds, and is replaced when the topic has gone.
/// </summary>
internal sealed partial class ProgressReporter(string consumer, KafkaClientFactory clients, TimeProvider clock, ILogger log) : IDisposable
{
    private static readonly TimeSpan ReplaceEvery = TimeSpan.FromSeconds(5);

    private readonly RepeatedLines _repeated = new(clock);
    private IProducer<byte[], byte[]> _producer = clients.CreateHintProducer($"{consumer}-progress");
    private long _createdAt = clock.GetTimestamp();

    /// <summary>The topic is not there. librdkafka would not look for it again for minutes.</summary>
    private volatile bool _isLost;

    public void Tell(ConsumerProgress progress)
    {
        if (_isLost && clock.GetElapsedTime(_createdAt) >= ReplaceEvery)
        {
            _producer.Dispose();
            _producer = clients.CreateHintProducer($"{consumer}-progress");
            (_createdAt, _isLost) = (clock.GetTimestamp(), false);
        }

        var key = Encoding.UTF8.GetBytes($"{progress.Consumer}/{progress.Source}");
        try
        {
            _producer.Produce(
                clients.Names.OnBroker(PlatformTopics.ConsumerProgress.Name),
                new Message<byte[], byte[]> { Key = key, Value = progress.ToJson() },
                report => Note(report.Error));
        }
        catch (ProduceException<byte[], byte[]> notSent)
        {
            Note(notSent.Error);
        }
    }

    public void Dispose() => _producer.Dispose();

    private void Note(Error error)
    {
        if (!error.IsError)
        {
            return;
        }

        _isLost |= TopicKeeper.IsMissingTopic(new KafkaException(error));
        if (_repeated.Next(error.Code.ToString()) is not null)
        {
            LogNotTold(log, consumer, error.Reason);
        }
    }

    [LoggerMessage(EventId = 3008, Level = LogLevel.Warning, Message = "{Consumer} cannot tell the relays how far it has come: {Reason}")]
    private static partial void LogNotTold(ILogger log, string consumer, string reason);
}
