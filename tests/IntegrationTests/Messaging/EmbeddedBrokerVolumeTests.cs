using System.Buffers.Binary;
using Confluent.Kafka;
using Payments.Messaging.Topics;

namespace IntegrationTests.Messaging;

/// <summary>The embedded broker with large messages, many messages, and more than it keeps.</summary>
public sealed class EmbeddedBrokerVolumeTests
{
    private static readonly Topic Topic = PlatformTopics.PaymentEvents;

    [Fact]
    public void A_message_of_a_megabyte_arrives_whole()
    {
        using var kafka = new BrokerFixture();
        var large = new byte[990_000];
        for (var i = 0; i < large.Length; i++)
            large[i] = (byte)((i * 2_654_435_761) >> 24); // Hardly to be compressed.
        using var producer = kafka.Clients.CreateProducer("relay");
        producer.Produce(new TopicPartition(Topic.Name, 0), new Message<byte[], byte[]> { Value = large });

        using var consumer = Consumer(kafka, 0);
        var received = consumer.Consume(BrokerFixture.Deadline);

        Assert.Equal(large, received.Message.Value);
    }

    [Fact]
    public async Task Two_hundred_thousand_messages_arrive_in_the_order_of_their_partitions_while_they_are_sent()
    {
        const int Count = 200_000;
        using var kafka = new BrokerFixture();
        using var producer = kafka.Clients.CreateProducer("relay");
        var sending = Task.Run(() =>
        {
            for (var i = 0; i < Count; i++)
            {
                var value = new byte[sizeof(int)];
                BinaryPrimitives.WriteInt32BigEndian(value, i);
                Produce(producer, i % Topic.Partitions, value);
            }

            producer.Flush(BrokerFixture.Deadline);
        }, TestContext.Current.CancellationToken);

        using var consumer = Consumer(kafka, Offset.Beginning);
        var next = Enumerable.Range(0, Topic.Partitions).ToArray();
        for (var received = 0; received < Count; received++)
        {
            var record = consumer.Consume(BrokerFixture.Deadline);
            Assert.NotNull(record);
            var partition = record.Partition.Value;
            Assert.Equal(next[partition], BinaryPrimitives.ReadInt32BigEndian(record.Message.Value));
            Assert.Equal(next[partition] / Topic.Partitions, record.Offset.Value);
            next[partition] += Topic.Partitions;
        }

        await sending;
    }

    [Fact]
    public void A_consumer_behind_what_is_kept_goes_on_with_the_first_message_that_is()
    {
        using var kafka = new BrokerFixture(retainedBytes: 100_000);
        using var producer = kafka.Clients.CreateProducer("relay");
        var random = new Random(1); // Zeros would compress to nothing.
        for (var i = 0; i < 300; i++)
        {
            var value = new byte[2_000];
            random.NextBytes(value);
            Produce(producer, 0, value);
            if (i % 10 == 9)
                producer.Flush(BrokerFixture.Deadline); // A batch goes as a whole: so many of them.
        }

        using var consumer = Consumer(kafka, 0);
        var kept = consumer.QueryWatermarkOffsets(new TopicPartition(Topic.Name, 0), BrokerFixture.Deadline);
        var first = consumer.Consume(BrokerFixture.Deadline);

        Assert.Equal(300, kept.High.Value);
        Assert.InRange(kept.Low.Value, 1, 299);
        Assert.Equal(kept.Low, first.Offset);
    }

    private static void Produce(IProducer<byte[], byte[]> producer, int partition, byte[] value)
    {
        while (true)
        {
            try
            {
                producer.Produce(new TopicPartition(Topic.Name, partition), new Message<byte[], byte[]> { Value = value });
                return;
            }
            catch (ProduceException<byte[], byte[]> full) when (full.Error.Code == ErrorCode.Local_QueueFull)
            {
                producer.Flush(TimeSpan.FromMilliseconds(10));
            }
        }
    }

    private static IConsumer<byte[], byte[]> Consumer(BrokerFixture kafka, Offset from)
    {
        var consumer = kafka.Clients.ConsumerBuilder("volume", "volume").Build();
        consumer.Assign(Enumerable.Range(0, Topic.Partitions).Select(i => new TopicPartitionOffset(Topic.Name, i, from)));
        return consumer;
    }
}
