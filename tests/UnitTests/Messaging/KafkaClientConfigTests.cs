using Confluent.Kafka;
using Payments.Messaging.Kafka;

namespace UnitTests.Messaging;

public sealed class KafkaClientConfigTests
{
    private static readonly KafkaOptions Options = new() { BootstrapServers = "broker:9092" };

    [Fact]
    public void A_producer_never_skips_and_never_repeats() => Assert.Equal(
        [
            ("acks", "-1"),
            ("allow.auto.create.topics", "False"),
            ("bootstrap.servers", "broker:9092"),
            ("client.id", "relay"),
            ("compression.type", "lz4"),
            ("dotnet.producer.delivery.report.fields", "status"),
            ("enable.gapless.guarantee", "True"),
            ("enable.idempotence", "True"),
            ("linger.ms", "1"),
            ("message.timeout.ms", "0"),
            ("reconnect.backoff.max.ms", "1000"),
        ],
        Sorted(KafkaClientConfig.Producer(Options, "relay")));

    [Fact]
    public void A_consumer_commits_by_hand_and_reads_only_what_is_committed() => Assert.Equal(
        [
            ("allow.auto.create.topics", "False"),
            ("auto.offset.reset", "earliest"),
            ("bootstrap.servers", "broker:9092"),
            ("client.id", "wallets-1"),
            ("enable.auto.commit", "False"),
            ("enable.auto.offset.store", "False"),
            ("fetch.queue.backoff.ms", "5"),
            ("group.id", "wallets"),
            ("heartbeat.interval.ms", "2500"),
            ("isolation.level", "read_committed"),
            ("partition.assignment.strategy", "cooperative-sticky"),
            ("queued.max.messages.kbytes", "16384"),
            ("reconnect.backoff.max.ms", "1000"),
            ("session.timeout.ms", "10000"),
        ],
        Sorted(KafkaClientConfig.Consumer(Options, "wallets", "wallets-1")));

    [Fact]
    public void Only_the_embedded_broker_wants_many_heartbeats() => Assert.Equal(
        [("heartbeat.interval.ms", "200")],
        Sorted(KafkaClientConfig.Consumer(Options with { Embedded = true }, "wallets", "wallets-1"))
            .Except(Sorted(KafkaClientConfig.Consumer(Options, "wallets", "wallets-1"))));

    [Fact]
    public void Security_settings_reach_every_client()
    {
        var properties = new Dictionary<string, string> { ["security.protocol"] = "sasl_ssl", ["sasl.username"] = "payments" };
        var secured = Options with { ClientProperties = properties };

        Assert.All(
            new[]
            {
                KafkaClientConfig.Producer(secured, "relay"),
                KafkaClientConfig.Consumer(secured, "wallets", "wallets-1"),
                KafkaClientConfig.Client(secured, "topic-creator"),
            },
            config => Assert.Equal((SecurityProtocol.SaslSsl, "payments"), (config.SecurityProtocol, config.SaslUsername)));
    }

    [Theory]
    [InlineData("acks")]
    [InlineData("enable.idempotence")]
    [InlineData("message.timeout.ms")]
    [InlineData("isolation.level")]
    [InlineData("enable.auto.commit")]
    public void A_deployment_cannot_take_the_safety_away(string property)
    {
        var options = Options with { ClientProperties = new Dictionary<string, string> { [property] = "0" } };

        Assert.Equal([$"ClientProperties cannot set '{property}'."], options.Problems());
        Assert.Throws<ArgumentException>(() => KafkaClientConfig.Producer(options, "relay"));
    }

    [Fact]
    public void All_that_is_wrong_is_said_at_once() => Assert.Equal(
        [
            "BootstrapServers is empty.",
            "LingerMs must be from 0 to 1000.",
            "SessionTimeoutMs must be from 6000 to 300000: what brokers allow.",
            "PrefetchKbMax must be from 1024 to 1048576.",
            "ReplicationFactor must be from 1 to 9.",
            "MinInSyncReplicas must be from 1 to ReplicationFactor: with more, no message could ever be sent.",
            "StartTimeoutMs must be from 100 to 600000.",
        ],
        new KafkaOptions
        {
            BootstrapServers = " ",
            LingerMs = -1,
            SessionTimeoutMs = 1,
            PrefetchKbMax = 0,
            ReplicationFactor = 0,
            StartTimeoutMs = 0,
        }.Problems());

    [Fact]
    public void The_defaults_are_good() => Assert.Empty(Options.Problems());

    private static IEnumerable<(string, string)> Sorted(ClientConfig config) =>
        config.Select(setting => (setting.Key, setting.Value)).OrderBy(setting => setting.Key, StringComparer.Ordinal);
}
