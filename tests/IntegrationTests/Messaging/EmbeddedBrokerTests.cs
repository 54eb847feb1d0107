using System.Net;
using System.Net.Sockets;
using Confluent.Kafka;
using Payments.Broker;
using Payments.Messaging.Envelope;
using Payments.Messaging.Topics;

namespace IntegrationTests.Messaging;

/// <summary>The embedded broker and our client settings together, over the real protocol on loopback.</summary>
public sealed class EmbeddedBrokerTests : IDisposable
{
    private readonly BrokerFixture _kafka = new();

    public void Dispose() => _kafka.Dispose();

    [Fact]
    public void It_has_all_topics_with_their_partitions()
    {
        using var admin = _kafka.Clients.CreateAdminClient("test");

        var found = admin.GetMetadata(BrokerFixture.Deadline).Topics.Select(topic => (topic.Topic, topic.Partitions.Count));

        Assert.Equal(PlatformTopics.All.Select(topic => (topic.Name, topic.Partitions)).Order(), found.Order());
    }

    [Fact]
    public void Ten_thousand_messages_arrive_whole_once_and_in_order_per_key()
    {
        var sent = BrokerFixture.Messages(PlatformTopics.PaymentEvents, 10_000);
        _kafka.Send(sent);

        using var consumer = _kafka.Join("wallets", "wallets-1", PlatformTopics.PaymentEvents);
        var received = consumer.Take(sent.Count);

        AssertSame(sent, received);
        Assert.All(
            received,
            message => Assert.Equal(
                PaymentEventsPartitioner.PartitionOf(PlatformTopics.PaymentEvents, message.RoutingKey), message.Partition));
    }

    [Fact]
    public void A_second_member_takes_half_of_the_partitions_and_gives_them_back_and_nothing_is_missed()
    {
        using var first = _kafka.Join("wallets", "wallets-1", PlatformTopics.PaymentEvents);
        first.WaitForPartitions(12);

        var second = _kafka.Join("wallets", "wallets-2", PlatformTopics.PaymentEvents);
        MemberOfGroup.WaitUntil([first, second], () => first.Partitions.Count == 6 && second.Partitions.Count == 6);
        Assert.Empty(first.Partitions.Intersect(second.Partitions));

        // Cooperative: the six that stayed were never taken away.
        Assert.Equal(6, first.Revoked.Count);
        var early = BrokerFixture.Messages(PlatformTopics.PaymentEvents, 1_000);
        _kafka.Send(early);
        MemberOfGroup.WaitUntil([first, second], () => first.Received.Count + second.Received.Count == early.Count);

        second.Dispose();
        first.WaitForPartitions(12);
        var late = BrokerFixture.Messages(PlatformTopics.PaymentEvents, 1_000, firstPosition: 1_001);
        _kafka.Send(late);
        MemberOfGroup.WaitUntil([first], () => first.Received.Count + second.Received.Count == early.Count + late.Count);

        AssertSame([.. early, .. late], [.. second.Received, .. first.Received]);
    }

    [Fact]
    public void A_group_goes_on_where_it_committed()
    {
        var sent = BrokerFixture.Messages(PlatformTopics.WalletCommands, 100);
        _kafka.Send(sent[..60]);
        using (var before = _kafka.Join("wallets", "wallets-1", PlatformTopics.WalletCommands))
        {
            before.Take(60);
            before.Commit();
        }

        _kafka.Send(sent[60..]);
        using var after = _kafka.Join("wallets", "wallets-1", PlatformTopics.WalletCommands);

        AssertSame(sent[60..], after.Take(40));
    }

    [Fact]
    public void While_the_broker_is_away_messages_wait_and_then_arrive_once_and_in_order()
    {
        var sent = BrokerFixture.Messages(PlatformTopics.PaymentEvents, 2_000);
        using var consumer = _kafka.Join("wallets", "wallets-1", PlatformTopics.PaymentEvents);
        _kafka.Send(sent[..500]);
        consumer.Take(500);

        using var producer = _kafka.Clients.CreateProducer("relay");
        var outcomes = BrokerFixture.Produce(producer, sent[500..1_000]);
        _kafka.Broker.GoDown();
        var later = BrokerFixture.Produce(producer, sent[1_000..]);
        Assert.NotEqual(0, producer.Flush(TimeSpan.FromMilliseconds(300)));

        _kafka.Broker.ComeBack();
        Assert.Equal(0, producer.Flush(BrokerFixture.Deadline));

        Assert.All(outcomes.Concat(later), report => Assert.Equal(ErrorCode.NoError, report.Error.Code));
        consumer.Take(1_500);
        AssertSame(sent, consumer.Received);
    }

    [Fact]
    public void When_the_broker_refuses_a_message_for_good_none_overtakes_it_and_the_producer_stops()
    {
        var sent = BrokerFixture.Messages(PlatformTopics.ConsumerProgress, 300);
        using var producer = _kafka.Clients.CreateProducer("relay");
        BrokerFixture.Produce(producer, sent[..100]);
        Assert.Equal(0, producer.Flush(BrokerFixture.Deadline));

        _kafka.Broker.RefuseNextWrite(ErrorCode.MsgSizeTooLarge);
        var refused = BrokerFixture.Produce(producer, sent[100..101]);
        var stopped = Assert.Throws<ProduceException<byte[], byte[]>>(() =>
        {
            // Some are on their way behind the refused one, some come after its answer.
            foreach (var message in sent[101..])
            {
                BrokerFixture.Produce(producer, [message]);
                producer.Flush(TimeSpan.FromMilliseconds(1));
            }
        });

        Assert.Equal(ErrorCode.Local_GaplessGuarantee, stopped.Error.Code);
        Assert.Equal(0, producer.Flush(BrokerFixture.Deadline));
        Assert.Equal(ErrorCode.MsgSizeTooLarge, Assert.Single(refused).Error.Code);
        using var next = _kafka.Join("wallets", "wallets-1", PlatformTopics.ConsumerProgress);
        AssertSame(sent[..100], next.Take(100));
        Assert.Equal(100, next.EndOffset(PlatformTopics.ConsumerProgress, 0));
    }

    [Fact]
    public void A_message_that_cannot_be_read_says_why()
    {
        using var producer = _kafka.Clients.CreateProducer("stranger");
        producer.Produce(new TopicPartition(PlatformTopics.PaymentEvents.Name, 3), new Message<byte[], byte[]> { Key = [1], Value = [2] });
        producer.Flush(BrokerFixture.Deadline);

        using var consumer = _kafka.Join("wallets", "wallets-1", PlatformTopics.PaymentEvents);
        var unreadable = consumer.TakeUnreadable();

        Assert.Equal(
            ("Header 'position' is missing.", PlatformTopics.PaymentEvents.Name, 3, 0L),
            (unreadable.Reason, unreadable.Record.Topic, unreadable.Record.Partition.Value, unreadable.Record.Offset.Value));
    }

    [Fact]
    public void Two_brokers_in_one_process_know_nothing_of_each_other()
    {
        using var other = new BrokerFixture();
        _kafka.Send(BrokerFixture.Messages(PlatformTopics.SagaEvents, 10));
        other.Send(BrokerFixture.Messages(PlatformTopics.SagaEvents, 3));

        using var consumer = other.Join("sagas", "sagas-1", PlatformTopics.SagaEvents);

        Assert.NotEqual(_kafka.Broker.BootstrapServers, other.Broker.BootstrapServers);
        Assert.Equal(3, consumer.Take(3).Count);
    }

    [Fact]
    public void A_topic_is_created_once()
    {
        var failure = Assert.Throws<EmbeddedBrokerException>(() => _kafka.Broker.CreateTopic(PlatformTopics.PaymentEvents));

        Assert.StartsWith("The embedded broker could not create topic events.payments.v1: ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Disposed_it_is_gone_and_clients_that_are_left_can_still_be_closed()
    {
        using var producer = _kafka.Clients.CreateProducer("relay");
        using var consumer = _kafka.Join("wallets", "wallets-1", PlatformTopics.PaymentEvents);
        consumer.WaitForPartitions(12);

        _kafka.Broker.Dispose();

        AssertCloses(_kafka.Broker);
        Assert.Throws<ObjectDisposedException>(() => _kafka.Broker.CreateTopic(PlatformTopics.PaymentEvents));
        BrokerFixture.Produce(producer, BrokerFixture.Messages(PlatformTopics.PaymentEvents, 10));
        Assert.NotEqual(0, producer.Flush(TimeSpan.FromMilliseconds(100)));
    }

    [Fact]
    public void It_starts_and_stops_again_and_again()
    {
        for (var i = 0; i < 20; i++)
        {
            using var broker = EmbeddedBroker.Start(PlatformTopics.All);
            Connect(broker);
            broker.Dispose();
            AssertCloses(broker);
        }
    }

    // An accept that is just under way holds the port for a moment longer.
    private static void AssertCloses(EmbeddedBroker broker) =>
        Assert.True(SpinWait.SpinUntil(() => !Answers(broker), BrokerFixture.Deadline), "The port is still open.");

    private static bool Answers(EmbeddedBroker broker)
    {
        try
        {
            Connect(broker);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static void Connect(EmbeddedBroker broker)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(IPEndPoint.Parse(broker.BootstrapServers));
    }

    private static void AssertSame(List<Message> sent, IReadOnlyList<Message> received)
    {
        Assert.Equal(sent.Count, received.Count);
        Assert.Equal(ByKey(sent), ByKey(received));
    }

    // Per key, in the order of the list.
    private static Dictionary<string, string> ByKey(IEnumerable<Message> messages) => messages
        .GroupBy(message => message.RoutingKey)
        .ToDictionary(
            key => key.Key,
            key => string.Join(',', key.Select(message => (message.Headers, Convert.ToHexString(message.Data.Span)))));
}
