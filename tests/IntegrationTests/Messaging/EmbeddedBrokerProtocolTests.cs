using Confluent.Kafka;
using Payments.Broker.Protocol;
using Payments.Messaging.Kafka;
using Payments.Messaging.Topics;

namespace IntegrationTests.Messaging;

/// <summary>The embedded broker and clients that are not ours: odd ones, broken ones, and silent ones.</summary>
public sealed class EmbeddedBrokerProtocolTests : IDisposable
{
    private const int OneMinuteMs = 60_000;

    private readonly BrokerFixture _kafka = new();

    public void Dispose() => _kafka.Dispose();

    [Fact]
    public void Any_version_of_the_question_for_versions_is_answered()
    {
        using var client = new RawClient(_kafka.Broker);

        client.Send(ApiKey.ApiVersions, 99);
        var unknown = new WireReader(client.Receive().Body);
        client.Send(ApiKey.ApiVersions, 0);
        var oldest = new WireReader(client.Receive().Body);

        Assert.Equal((short)ErrorCode.UnsupportedVersion, unknown.Int16());
        Assert.Equal((short)ErrorCode.NoError, oldest.Int16());
        Assert.Equal(15, oldest.Count());
    }

    [Fact]
    public void Whoever_does_not_speak_the_protocol_is_cut_off_and_the_others_are_served_on()
    {
        byte[][] garbage =
        [
            [.. "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8],
            [0xFF, 0xFF, 0xFF, 0xFF],
            [0, 0, 0, 0],
            [0x7F, 0xFF, 0xFF, 0xFF, 0, 3],
            [0, 0, 0, 2, 0, 3],
            [0, 0, 0, 10, 0, 99, 0, 0, 0, 0, 0, 1, 0, 0],
            [0, 0, 0, 10, 0, 3, 0, 99, 0, 0, 0, 1, 0, 0],
            [0, 0, 0, 14, 0, 3, 0, 1, 0, 0, 0, 1, 0, 0, 0x7F, 0xFF, 0xFF, 0xFF],
        ];

        Assert.All(garbage, bytes =>
        {
            using var client = new RawClient(_kafka.Broker);
            client.Send(bytes);
            Assert.True(client.IsClosed());
        });

        using var admin = _kafka.Clients.CreateAdminClient("test");
        Assert.Equal(PlatformTopics.All.Count, admin.GetMetadata(BrokerFixture.Deadline).Topics.Count);
    }

    [Fact]
    public void A_request_that_comes_in_pieces_is_one_request()
    {
        using var client = new RawClient(_kafka.Broker);

        foreach (var piece in new byte[] { 0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 0, 0 })
            client.Send([piece]);

        Assert.Equal(1, (int)client.Receive().Key);
    }

    [Fact]
    public void A_fetch_that_waits_is_answered_at_once_by_a_write()
    {
        var config = KafkaClientConfig.Consumer(_kafka.Clients.Options, "patient", "patient");
        config.FetchWaitMaxMs = OneMinuteMs;
        config.SocketTimeoutMs = 2 * OneMinuteMs;
        using var consumer = new ConsumerBuilder<byte[], byte[]>(config).Build();
        consumer.Assign(new TopicPartitionOffset(PlatformTopics.SagaEvents.Name, 0, Offset.Beginning));
        using var producer = _kafka.Clients.CreateProducer("relay");

        // A minute each if the wait were waited out.
        for (byte i = 0; i < 10; i++)
        {
            producer.Produce(new TopicPartition(PlatformTopics.SagaEvents.Name, 0), new Message<byte[], byte[]> { Value = [i] });
            var received = consumer.Consume(BrokerFixture.Deadline);
            Assert.NotNull(received);
            Assert.Equal([i], received.Message.Value);
        }
    }

    [Fact]
    public void What_is_sent_behind_a_fetch_that_waits_does_not_wait_with_it()
    {
        using var client = new RawClient(_kafka.Broker);

        client.Send(ApiKey.Fetch, 4, body => WriteFetch(body, OneMinuteMs));
        client.Send(ApiKey.Metadata, 1, body => body.Int32(0));

        Assert.Equal(ApiKey.Fetch, client.Receive().Key); // In order all the same.
        Assert.Equal(ApiKey.Metadata, client.Receive().Key);
    }

    [Fact]
    public void A_fetch_that_nothing_is_written_for_is_answered_empty_when_its_time_is_over()
    {
        using var client = new RawClient(_kafka.Broker);

        client.Send(ApiKey.Fetch, 4, body => WriteFetch(body, waitMaxMs: 20));
        var answer = new WireReader(client.Receive().Body);

        answer.Int32(); // Throttle time.
        Assert.Equal(1, answer.Count());
        Assert.Equal(PlatformTopics.SagaEvents.Name, answer.Text());
        Assert.Equal(1, answer.Count());
        Assert.Equal(0, answer.Int32());
        Assert.Equal((short)ErrorCode.NoError, answer.Int16());
        Assert.Equal((0, 0), (answer.Int64(), answer.Int64()));
        Assert.Equal(0, answer.Count());
        Assert.Equal(0, answer.Int32());
        Assert.Equal(0, answer.Left);
    }

    [Fact]
    public void A_fetch_of_what_is_not_there_says_so_at_once()
    {
        using var client = new RawClient(_kafka.Broker);

        client.Send(ApiKey.Fetch, 4, body => WriteFetch(body, OneMinuteMs, topic: "nothing"));
        var answer = new WireReader(client.Receive().Body);

        answer.Int32();
        Assert.Equal(1, answer.Count());
        Assert.Equal("nothing", answer.Text());
        Assert.Equal(1, answer.Count());
        Assert.Equal(0, answer.Int32());
        Assert.Equal((short)ErrorCode.UnknownTopicOrPart, answer.Int16());
    }

    [Fact]
    public void A_member_that_falls_silent_gives_its_partitions_up_after_its_session_timeout()
    {
        using var silent = new RawClient(_kafka.Broker);
        silent.Send(ApiKey.JoinGroup, 2, body =>
        {
            body.Text("wallets");
            body.Int32(1_000);
            body.Int32(OneMinuteMs);
            body.Text("");
            body.Text("consumer");
            body.Int32(1);
            body.Text("cooperative-sticky");
            body.Bytes([]);
        });
        var joined = new WireReader(silent.Receive().Body);
        joined.Int32();
        Assert.Equal((short)ErrorCode.NoError, joined.Int16());

        using var second = _kafka.Join("wallets", "wallets-2", PlatformTopics.PaymentEvents);

        second.WaitForPartitions(12);
    }

    [Fact]
    public void Transactions_are_refused_for_good()
    {
        using var producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig
        {
            BootstrapServers = _kafka.Broker.BootstrapServers,
            TransactionalId = "transactional",
        }).SetLogHandler((_, _) => { }).Build();

        var refused = Assert.ThrowsAny<KafkaException>(() => producer.InitTransactions(BrokerFixture.Deadline));

        Assert.Contains("knows no transactions", refused.Error.Reason, StringComparison.Ordinal);
    }

    private static void WriteFetch(WireWriter body, int waitMaxMs, string? topic = null)
    {
        body.Int32(-1);
        body.Int32(waitMaxMs);
        body.Int32(1);
        body.Int32(1_000_000);
        body.Boolean(true);
        body.Int32(1);
        body.Text(topic ?? PlatformTopics.SagaEvents.Name);
        body.Int32(1);
        body.Int32(0);
        body.Int64(0);
        body.Int32(1_000_000);
    }
}
