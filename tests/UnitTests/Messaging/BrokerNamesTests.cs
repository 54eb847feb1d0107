using Confluent.Kafka;
using Payments.Messaging.Kafka;
using Payments.Messaging.Relay;
using Payments.Messaging.Topics;

namespace UnitTests.Messaging;

public sealed class BrokerNamesTests
{
    [Theory]
    [InlineData("", "events.sagas.v1")]
    [InlineData("blue.", "blue.events.sagas.v1")]
    public void A_topic_has_the_prefix_on_the_broker_and_not_with_us(string prefix, string onBroker)
    {
        var names = new BrokerNames(prefix);
        var ours = new TopicPartition("events.sagas.v1", 3);
        var record = new ConsumeResult<byte[], byte[]> { TopicPartitionOffset = new(onBroker, 3, 7) };

        Assert.Equal(onBroker, names.OnBroker("events.sagas.v1"));
        Assert.Equal(new TopicPartition(onBroker, 3), names.OnBroker(ours));
        Assert.Equal(new TopicPartition(onBroker, 3), names.OnBroker(new PartitionOf("events.sagas.v1", 3)));
        Assert.Equal(ours, names.Ours(new TopicPartition(onBroker, 3)));
        Assert.Equal(new TopicPartitionOffset(ours, 7), names.Ours(record).TopicPartitionOffset);
    }

    [Fact]
    public void Groups_and_clients_have_the_prefix_too()
    {
        var options = new KafkaOptions { BootstrapServers = "broker:9092", TopicPrefix = "blue." };
        var consumer = KafkaClientConfig.Consumer(options, "saga", "saga-1");

        Assert.Equal(("blue.saga", "blue.saga-1"), (consumer.GroupId, consumer.ClientId));
        Assert.Equal("blue.relay-sagas", KafkaClientConfig.Producer(options, "relay-sagas").ClientId);
        Assert.Equal("blue.events.sagas.v1", TopicCreator.Specification(PlatformTopics.SagaEvents, options).Name);
    }

    [Fact]
    public void A_prefix_that_no_topic_can_have_is_refused() => Assert.Equal(
        ["TopicPrefix must be at most 100 letters, digits, dots, underscores and hyphens."],
        new KafkaOptions { BootstrapServers = "broker:9092", TopicPrefix = "blue/" }.Problems());
}
