using Payments.Messaging.Kafka;
using Payments.Messaging.Topics;

namespace UnitTests.Messaging;

public sealed class TopicsTests
{
    private static readonly KafkaOptions Options = new() { BootstrapServers = "broker:9092" };

    [Fact]
    public void These_are_the_topics() => Assert.Equal(
        [
            ("events.payments.v1", 12, 7.0),
            ("events.payments.wallet.v1", 6, 7.0),
            ("events.payments.external.v1", 6, 7.0),
            ("commands.wallets.v1", 6, 7.0),
            ("commands.payments.v1", 6, 7.0),
            ("events.sagas.v1", 6, 7.0),
            ("events.payments.v1.dlq", 12, 30.0),
            ("events.payments.wallet.v1.dlq", 6, 30.0),
            ("events.payments.external.v1.dlq", 6, 30.0),
            ("commands.wallets.v1.dlq", 6, 30.0),
            ("commands.payments.v1.dlq", 6, 30.0),
            ("events.sagas.v1.dlq", 6, 30.0),
            ("progress.consumers.v1", 1, 1.0 / 24),
        ],
        PlatformTopics.All.Select(topic => (topic.Name, topic.Partitions, topic.Retention.TotalDays)));

    [Fact]
    public void A_topic_is_created_with_its_retention_and_the_copies_that_were_asked_for()
    {
        var made = TopicCreator.Specification(PlatformTopics.PaymentEvents, Options);

        Assert.Equal(("events.payments.v1", 12, (short)3), (made.Name, made.NumPartitions, made.ReplicationFactor));
        Assert.Equal(
            [("cleanup.policy", "delete"), ("min.insync.replicas", "2"), ("retention.ms", "604800000")],
            made.Configs.Select(config => (config.Key, config.Value)).Order());
    }

    [Fact]
    public void Progress_is_compacted_and_forgotten_after_an_hour()
    {
        var made = TopicCreator.Specification(
            PlatformTopics.ConsumerProgress, Options with { ReplicationFactor = 1, MinInSyncReplicas = 1 });

        Assert.Equal(("progress.consumers.v1", 1, (short)1), (made.Name, made.NumPartitions, made.ReplicationFactor));
        Assert.Equal(
            [("cleanup.policy", "compact,delete"), ("min.insync.replicas", "1"), ("retention.ms", "3600000")],
            made.Configs.Select(config => (config.Key, config.Value)).Order());
    }
}
