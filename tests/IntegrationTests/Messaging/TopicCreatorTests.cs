using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Payments.Broker;
using Payments.Messaging.Kafka;
using Payments.Messaging.Topics;

namespace IntegrationTests.Messaging;

/// <summary>
/// As far as the embedded broker allows, which has one replica of everything. What is asked of a real broker is in the unit tests of
/// <see cref="TopicCreator"/>.
/// </summary>
public sealed class TopicCreatorTests
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMilliseconds(2_000);

    [Fact]
    public async Task Where_all_topics_are_there_nothing_is_asked_for()
    {
        using var broker = EmbeddedBroker.Start(PlatformTopics.All);

        await Creator(broker.BootstrapServers).CreateMissingAsync(PlatformTopics.All);
    }

    [Fact]
    public async Task More_partitions_than_declared_do_no_harm()
    {
        using var broker = EmbeddedBroker.Start([PlatformTopics.SagaEvents with { Partitions = 8 }]);

        await Creator(broker.BootstrapServers).CreateMissingAsync([PlatformTopics.SagaEvents]);
    }

    [Fact]
    public async Task Fewer_partitions_than_declared_stop_the_start()
    {
        using var broker = EmbeddedBroker.Start([PlatformTopics.SagaEvents with { Partitions = 3 }]);

        var failure = await Assert.ThrowsAsync<TopicMismatchException>(
            () => Creator(broker.BootstrapServers).CreateMissingAsync([PlatformTopics.SagaEvents]));

        Assert.Equal(
            "Topic events.sagas.v1 has 3 partitions, not 6. Add them while it is empty, or declare a new one.",
            failure.Message);
    }

    [Fact]
    public async Task A_broker_that_refuses_stops_the_start()
    {
        using var broker = EmbeddedBroker.Start([]);

        var refusal = await Assert.ThrowsAsync<TopicRefusedException>(
            () => Creator(broker.BootstrapServers).CreateMissingAsync(PlatformTopics.All));

        Assert.Equal(
            "The broker does not create topic events.payments.v1: There is one broker: a topic has one replica. "
            + "Kafka:ReplicationFactor is 3, and the cluster has 1 broker now: "
            + "set Kafka:ReplicationFactor to at most 1, and Kafka:MinInSyncReplicas to no more than that.",
            refusal.Message);
    }

    [Fact]
    public async Task Where_topics_are_missing_they_are_created()
    {
        using var broker = EmbeddedBroker.Start([PlatformTopics.SagaEvents]);
        var creator = Creator(broker.BootstrapServers, replicas: 1);

        // Only who has created a topic says so.
        Assert.Equal(PlatformTopics.All.Except([PlatformTopics.SagaEvents]), await creator.CreateMissingAsync(PlatformTopics.All));
        Assert.Empty(await creator.CreateMissingAsync(PlatformTopics.All));

        Assert.All(PlatformTopics.All, topic => Assert.Throws<EmbeddedBrokerException>(() => broker.CreateTopic(topic)));
    }

    [Fact]
    public async Task A_broker_that_is_not_there_stops_the_start_in_time()
    {
        var broker = EmbeddedBroker.Start([]);
        broker.Dispose();

        await Assert
            .ThrowsAnyAsync<KafkaException>(() => Creator(broker.BootstrapServers).CreateMissingAsync(PlatformTopics.All))
            .WaitAsync(2 * StartTimeout);
    }

    [Fact]
    public async Task On_the_embedded_broker_topics_have_one_replica_whatever_is_set()
    {
        using var broker = EmbeddedBroker.Start([]);

        Assert.Equal(
            PlatformTopics.All, await Creator(broker.BootstrapServers, embedded: true).CreateMissingAsync(PlatformTopics.All));
    }

    [Fact]
    public async Task Of_many_hosts_that_start_at_once_each_topic_is_created_by_one()
    {
        using var broker = EmbeddedBroker.Start([]);

        var created = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ =>
            Task.Run(() => Creator(broker.BootstrapServers, embedded: true).CreateMissingAsync(PlatformTopics.All))));

        Assert.Equal(PlatformTopics.All.Select(t => t.Name).Order(), created.SelectMany(topics => topics).Select(t => t.Name).Order());
    }

    [Fact]
    public async Task Two_installations_on_one_cluster_have_topics_of_their_own()
    {
        using var broker = EmbeddedBroker.Start([]);

        Assert.Equal(
            PlatformTopics.All,
            await Creator(broker.BootstrapServers, embedded: true, prefix: "one.").CreateMissingAsync(PlatformTopics.All));
        Assert.Equal(
            PlatformTopics.All,
            await Creator(broker.BootstrapServers, embedded: true, prefix: "two.").CreateMissingAsync(PlatformTopics.All));

        var sagas = PlatformTopics.SagaEvents;
        Assert.Throws<EmbeddedBrokerException>(() => broker.CreateTopic(sagas with { Name = "one.events.sagas.v1" }));
        Assert.Throws<EmbeddedBrokerException>(() => broker.CreateTopic(sagas with { Name = "two.events.sagas.v1" }));
        broker.CreateTopic(sagas);
    }

    private static TopicCreator Creator(string bootstrapServers, bool embedded = false, short replicas = 3, string prefix = "")
    {
        var options = new KafkaOptions
        {
            BootstrapServers = bootstrapServers,
            Embedded = embedded,
            TopicPrefix = prefix,
            ReplicationFactor = replicas,
            MinInSyncReplicas = 1,
            StartTimeoutMs = (int)StartTimeout.TotalMilliseconds,
        };
        return new(new(options, NullLogger<KafkaClientFactory>.Instance), NullLogger<TopicCreator>.Instance);
    }
}
