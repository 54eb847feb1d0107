using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Payments.Messaging;

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
        using var broker = EmbeddedBroker.Start(Topics.All);

        await Creator(broker.BootstrapServers).CreateMissingAsync(Topics.All);
    }

    [Fact]
    public async Task More_partitions_than_declared_do_no_harm()
    {
        using var broker = EmbeddedBroker.Start([Topics.SagaEvents with { Partitions = 8 }]);

        await Creator(broker.BootstrapServers).CreateMissingAsync([Topics.SagaEvents]);
    }

    [Fact]
    public async Task Fewer_partitions_than_declared_stop_the_start()
    {
        using var broker = EmbeddedBroker.Start([Topics.SagaEvents with { Partitions = 3 }]);

        var failure = await Assert.ThrowsAsync<TopicMismatchException>(
            () => Creator(broker.BootstrapServers).CreateMissingAsync([Topics.SagaEvents]));

        Assert.Equal(
            "Topic events.sagas.v1 has 3 partitions, not 6. Add them while it is empty, or declare a new one.",
            failure.Message);
    }

    [Fact]
    public async Task A_broker_that_refuses_stops_the_start()
    {
        using var broker = EmbeddedBroker.Start([]);

        await Assert.ThrowsAnyAsync<KafkaException>(() => Creator(broker.BootstrapServers).CreateMissingAsync(Topics.All));
    }

    [Fact]
    public async Task Where_topics_are_missing_they_are_created()
    {
        using var broker = EmbeddedBroker.Start([Topics.SagaEvents]);
        var creator = Creator(broker.BootstrapServers, replicas: 1);

        await creator.CreateMissingAsync(Topics.All);
        await creator.CreateMissingAsync(Topics.All);

        Assert.All(Topics.All, topic => Assert.Throws<EmbeddedBrokerException>(() => broker.CreateTopic(topic)));
    }

    [Fact]
    public async Task A_broker_that_is_not_there_stops_the_start_in_time()
    {
        var broker = EmbeddedBroker.Start([]);
        broker.Dispose();

        await Assert
            .ThrowsAnyAsync<KafkaException>(() => Creator(broker.BootstrapServers).CreateMissingAsync(Topics.All))
            .WaitAsync(2 * StartTimeout);
    }

    [Fact]
    public async Task The_embedded_broker_is_left_alone()
    {
        using var broker = EmbeddedBroker.Start([]);

        await Creator(broker.BootstrapServers, embedded: true).CreateMissingAsync(Topics.All);
    }

    private static TopicCreator Creator(string bootstrapServers, bool embedded = false, short replicas = 3)
    {
        var options = new KafkaOptions
        {
            BootstrapServers = bootstrapServers,
            Embedded = embedded,
            ReplicationFactor = replicas,
            MinInSyncReplicas = 1,
            StartTimeoutMs = (int)StartTimeout.TotalMilliseconds,
        };
        return new(new(options, NullLogger<KafkaClientFactory>.Instance), NullLogger<TopicCreator>.Instance);
    }
}
