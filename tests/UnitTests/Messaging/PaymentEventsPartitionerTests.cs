using System.Text;
using FsCheck.Fluent;
using Payments.Messaging.Topics;
using UnitTests.Randomness;

namespace UnitTests.Messaging;

public sealed class PaymentEventsPartitionerTests
{
    private const int KeysForSpread = 120_000;

    /// <summary>The values of the tests of Kafka's Java client and of librdkafka (rdmurmur2.c): other tools agree with us.</summary>
    [Theory]
    [InlineData("kafka", 0xd067cf64)]
    [InlineData("giberish123456789", 0x8f552b0c)]
    [InlineData("1234", 0x9fc97b14)]
    [InlineData("234", 0xe7c009ca)]
    [InlineData("34", 0x873930da)]
    [InlineData("4", 0x5a4b5ca1)]
    [InlineData("PreAmbleWillBeRemoved,ThePrePartThatIs", 0x78424f1c)]
    [InlineData("reAmbleWillBeRemoved,ThePrePartThatIs", 0x4a62b377)]
    [InlineData("eAmbleWillBeRemoved,ThePrePartThatIs", 0xe0e4e09e)]
    [InlineData("AmbleWillBeRemoved,ThePrePartThatIs", 0x62b8b43f)]
    [InlineData("", 0x106e08d9)]
    public void The_hash_is_the_one_of_kafka(string key, uint expected) =>
        Assert.Equal(expected, Murmur2.Hash(Encoding.UTF8.GetBytes(key)));

    /// <summary>Computed by another implementation. If one fails, running systems would reorder: mend the code, never the number.</summary>
    [Theory]
    [InlineData("events.payments.v1", "user/alice", 2)]
    [InlineData("events.payments.v1", "user/0198c0de-0000-7000-8000-000000000001", 2)]
    [InlineData("events.payments.v1", "user/Зоя", 4)]
    [InlineData("events.payments.v1", "payment/0198c0de-0000-7000-8000-000000000001", 3)]
    [InlineData("events.payments.v1", "payment/0198c0de-0000-7000-8000-000000000002", 5)]
    [InlineData("events.payments.v1", "wallet/0198c0de-0000-7000-8000-000000000001", 0)]
    [InlineData("commands.wallets.v1", "wallet/0198c0de-0000-7000-8000-000000000001", 0)]
    [InlineData("commands.payments.v1", "payment/0198c0de-0000-7000-8000-000000000001", 1)]
    [InlineData("events.sagas.v1", "saga/0198c0de-0000-7000-8000-000000000001", 4)]
    [InlineData("progress.consumers.v1", "anything", 0)]
    public void A_key_stays_where_it_has_always_been(string topic, string key, int partition) =>
        Assert.Equal(partition, PaymentEventsPartitioner.PartitionOf(PlatformTopics.All.Single(t => t.Name == topic), key));

    [Fact]
    public void Wallet_flows_have_the_even_partitions_and_card_flows_the_odd_ones() => Invariant.HoldsForAll(
        MessageCases.Text.ToArbitrary(),
        id =>
        {
            Assert.Equal(0, PaymentEventsPartitioner.PartitionOf(PlatformTopics.PaymentEvents, RoutingKey.ForUser(id)) % 2);
            Assert.Equal(1, PaymentEventsPartitioner.PartitionOf(PlatformTopics.PaymentEvents, "payment/" + id) % 2);
        });

    [Fact]
    public void Every_partition_is_one_of_the_topic_whatever_the_key_and_the_count() => Invariant.HoldsForAll(
        MessageCases.Text.Zip(Gen.Choose(2, 50)).ToArbitrary(),
        drawn =>
        {
            var (key, count) = drawn;
            foreach (var topic in PlatformTopics.All.Select(topic => topic with { Partitions = count }))
            {
                foreach (var prefix in new[] { "user/", "payment/", "wallet/", "saga/", "x" })
                    Assert.InRange(PaymentEventsPartitioner.PartitionOf(topic, prefix + key), 0, count - 1);
            }
        });

    [Theory]
    [InlineData("user/")]
    [InlineData("payment/")]
    [InlineData("wallet/")]
    public void Ids_made_one_after_the_other_spread_evenly(string prefix)
    {
        var random = Seed.NewRandom();
        var counts = Enumerable.Range(0, KeysForSpread)
            .Select(i => $"{prefix}0198c0de-{i >> 12:x4}-7{i & 0xfff:x3}-8000-{random.NextInt64(1L << 48):x12}")
            .CountBy(key => PaymentEventsPartitioner.PartitionOf(PlatformTopics.PaymentEvents, key))
            .ToDictionary();

        // Five standard deviations of a fair spread: a seed in millions fails.
        var share = KeysForSpread / counts.Count;
        Assert.Equal(prefix == "wallet/" ? 12 : 6, counts.Count);
        Assert.All(counts.Values, count => Assert.InRange(count, share * 0.95, share * 1.05));
    }

    [Fact]
    public void A_message_without_a_key_has_no_partition() =>
        Assert.Throws<ArgumentException>(() => PaymentEventsPartitioner.PartitionOf(PlatformTopics.PaymentEvents, ""));
}
