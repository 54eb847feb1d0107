using Payments.Messaging.Relay;
using Payments.Messaging.Topics;

namespace UnitTests.Messaging;

public sealed class TopicSplitTests
{
    private static IEnumerable<PartitionOf> Whole => Of(PlatformTopics.PaymentEvents);

    [Fact]
    public void Wallet_flows_are_the_even_partitions_and_external_flows_the_odd_ones()
    {
        Assert.Equal([0, 2, 4, 6, 8, 10], Of(PlatformTopics.WalletPaymentEvents).Select(p => TopicSplit.Logical(p).Partition));
        Assert.Equal([1, 3, 5, 7, 9, 11], Of(PlatformTopics.ExternalPaymentEvents).Select(p => TopicSplit.Logical(p).Partition));
        Assert.All(
            Of(PlatformTopics.WalletPaymentEvents).Concat(Of(PlatformTopics.ExternalPaymentEvents)),
            half => Assert.Equal(PlatformTopics.PaymentEvents.Name, TopicSplit.Logical(half).Topic));
    }

    [Fact]
    public void A_logical_place_is_its_own_and_so_is_that_of_every_other_topic() => Assert.All(
        PlatformTopics.All.Except([PlatformTopics.WalletPaymentEvents, PlatformTopics.ExternalPaymentEvents]).SelectMany(Of),
        place => Assert.Equal(place, TopicSplit.Logical(place)));

    [Fact]
    public void Each_phase_writes_where_it_should_and_all_of_it_leads_back_to_the_same_logical_place()
    {
        foreach (var place in Whole)
        {
            var half = Assert.Single(TopicSplit.Physical(place, SplitPhase.Split));
            Assert.Equal([place], TopicSplit.Physical(place, SplitPhase.Single));
            Assert.Equal([place, half], TopicSplit.Physical(place, SplitPhase.Dual));
            Assert.Equal(place, TopicSplit.Logical(half));
            Assert.Same(TopicSplit.Physical(place, SplitPhase.Dual), TopicSplit.Physical(place, SplitPhase.Dual));
        }

        Assert.Equal(12, Whole.Select(p => TopicSplit.Physical(p, SplitPhase.Split)[0]).Distinct().Count());
    }

    [Fact]
    public void Every_other_topic_is_written_to_in_its_one_place_in_every_phase() => Assert.All(
        PlatformTopics.All.Where(t => t.Name != PlatformTopics.PaymentEvents.Name).SelectMany(Of),
        place => Assert.All(Enum.GetValues<SplitPhase>(), phase => Assert.Equal([place], TopicSplit.Physical(place, phase))));

    [Fact]
    public void A_flow_goes_to_the_half_that_is_named_after_it()
    {
        foreach (var number in Enumerable.Range(0, 100))
        {
            Assert.Equal(PlatformTopics.WalletPaymentEvents.Name, HalfOf(RoutingKey.ForUser($"user-{number}")));
            Assert.Equal(PlatformTopics.ExternalPaymentEvents.Name, HalfOf(RoutingKey.ForPayment(Guid.CreateVersion7())));
        }
    }

    [Fact]
    public void Consumers_of_the_topic_read_its_halves_too()
    {
        Assert.Equal(
            [PlatformTopics.PaymentEvents, PlatformTopics.WalletPaymentEvents, PlatformTopics.ExternalPaymentEvents],
            TopicSplit.TopicsOf(PlatformTopics.PaymentEvents));
        Assert.Equal([PlatformTopics.WalletCommands], TopicSplit.TopicsOf(PlatformTopics.WalletCommands));
        Assert.All(
            TopicSplit.TopicsOf(PlatformTopics.PaymentEvents), topic => Assert.Equal(PlatformTopics.PaymentEvents.Readers, topic.Readers));
    }

    [Theory]
    [InlineData("single", SplitPhase.Single)]
    [InlineData("Dual", SplitPhase.Dual)]
    [InlineData("SPLIT", SplitPhase.Split)]
    public void A_phase_is_read_by_its_name(string text, SplitPhase expected)
    {
        Assert.True(SplitSwitch.TryParse(text, out var phase));
        Assert.Equal(expected, phase);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("both")]
    [InlineData("-1")]
    public void Nothing_else_is_a_phase(string text) => Assert.False(SplitSwitch.TryParse(text, out _));

    private static string HalfOf(string key)
    {
        var partition = PaymentEventsPartitioner.PartitionOf(PlatformTopics.PaymentEvents, key);
        return TopicSplit.Physical(new PartitionOf(PlatformTopics.PaymentEvents.Name, partition), SplitPhase.Split)[0].Topic;
    }

    private static IEnumerable<PartitionOf> Of(Topic topic) =>
        Enumerable.Range(0, topic.Partitions).Select(p => new PartitionOf(topic.Name, p));
}
