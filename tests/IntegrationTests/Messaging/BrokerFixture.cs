using System.Collections.Concurrent;
using System.Text;
using Confluent.Kafka;
using Payments.Broker;
using Payments.Messaging.Envelope;
using Payments.Messaging.Kafka;
using Payments.Messaging.Topics;

namespace IntegrationTests.Messaging;

/// <summary>An embedded broker with all topics, and the clients of it.</summary>
internal sealed class BrokerFixture : IDisposable
{
    private const int KeysCount = 100;

    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    public BrokerFixture(int retainedBytes = EmbeddedBroker.DefaultRetainedBytes)
    {
        Broker = EmbeddedBroker.Start(PlatformTopics.All, retainedBytes);
        Clients = TestBroker.OfEmbedded(Broker).Clients;
    }

    public EmbeddedBroker Broker { get; }

    public KafkaClientFactory Clients { get; }

    /// <summary>Messages of a hundred keys by turns, wallet flows and card flows, positions one after the other.</summary>
    public static List<Message> Messages(Topic topic, int count, long firstPosition = 1)
    {
        var last = new Dictionary<int, long>();
        var messages = new List<Message>(count);
        for (var position = firstPosition; position < firstPosition + count; position++)
        {
            var number = position % KeysCount;
            var key = position % 2 == 0 ? RoutingKey.ForUser($"user-{number}") : RoutingKey.ForPayment(Id(number));
            var partition = PaymentEventsPartitioner.PartitionOf(topic, key);
            messages.Add(new(topic.Name, partition, Offset: 0, key, Headers(position, last.GetValueOrDefault(partition)), Data(position)));
            last[partition] = position;
        }

        return messages;
    }

    /// <summary>Hands messages over in order; the reports come in as they are delivered.</summary>
    public static ConcurrentQueue<DeliveryReport<byte[], byte[]>> Produce(IProducer<byte[], byte[]> producer, IEnumerable<Message> messages)
    {
        var reports = new ConcurrentQueue<DeliveryReport<byte[], byte[]>>();
        foreach (var message in messages)
        {
            producer.Produce(
                new TopicPartition(message.Topic, message.Partition),
                MessageCodec.Encode(message.RoutingKey, message.Headers, message.Data),
                reports.Enqueue);
        }

        return reports;
    }

    /// <summary>Sends messages and waits until all are delivered.</summary>
    public void Send(IReadOnlyList<Message> messages)
    {
        using var producer = Clients.CreateProducer("relay");
        var reports = Produce(producer, messages);
        Assert.Equal(0, producer.Flush(Deadline));
        Assert.Equal(messages.Count, reports.Count(report => report.Error.Code == ErrorCode.NoError));
    }

    public MemberOfGroup Join(string group, string clientId, Topic topic) => new(Clients.ConsumerBuilder(group, clientId), topic);

    public void Dispose() => Broker.Dispose();

    private static MessageHeaders Headers(long position, long previous) => new()
    {
        Id = Id(position),
        Type = "payment.requested.v1",
        Schema = 1,
        Source = "payments",
        Position = position,
        Previous = previous,
        Stream = $"payment/{Id(position)}",
        Version = 1,
        Correlation = Id(position),
        Actor = "test",
        Recorded = DateTimeOffset.UnixEpoch.AddMilliseconds(position),
    };

    private static byte[] Data(long position) => Encoding.UTF8.GetBytes($$"""{"amount":{{position}},"note":"{{new string('x', 300)}}"}""");

    private static Guid Id(long number) => Guid.Parse($"0198c0de-0000-7000-8000-{number:x12}");
}
