using Payments.Messaging;
using Payments.Messaging.Relay;

namespace UnitTests.Messaging;

public sealed class TopicSplitTests
{
    private static IEnumerable<PartitionOf> Whole => Of(Topics.PaymentEvents);

    [Fact]
    public void Wallet_flows_are_the_even_partitions_and_external_flows_the_odd_ones()
    {
        Assert.Equal([0, 2, 4, 6, 8, 10], Of(Topics.WalletPaymentEvents).Select(p => TopicSplit.Logical(p).Partition));
        Assert.Equal([1, 3, 5, 7, 9, 11], Of(Topics.ExternalPaymentEvents).Select(p => TopicSplit.Logical(p).Partition));
        Assert.All(
            Of(Topics.WalletPaymentEvents).Concat(Of(Topics.ExternalPaymentEvents)),
            half => Assert.Equal(Topics.PaymentEvents.Name, TopicSplit.Logical(half).Topic));
    }

    [Fact]
    public void A_logical_place_is_its_own_and_so_is_that_of_every_other_topic() => Assert.All(
        Topics.All.Except([Topics.WalletPaymentEvents, Topics.ExternalPaymentEvents]).SelectMany(Of),
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
        Topics.All.Where(t => t.Name != Topics.PaymentEvents.Name).SelectMany(Of),
        place => Assert.All(Enum.GetValues<SplitPhase>(), phase => Assert.Equal([place], TopicSplit.Physical(place, phase))));

    [Fact]
    public void A_flow_goes_to_the_half_that_is_named_after_it()
    {
        foreach (var number in Enumerable.Range(0, 100))
        {
            Assert.Equal(Topics.WalletPaymentEvents.Name, HalfOf(RoutingKey.ForUser($"user-{number}")));
            Assert.Equal(Topics.ExternalPaymentEvents.Name, HalfOf(RoutingKey.ForPayment(Guid.CreateVersion7())));
        }
    }

    [Fact]
    public void Consumers_of_the_topic_read_its_halves_too()
    {
        Assert.Equal(
            [Topics.PaymentEvents, Topics.WalletPaymentEvents, Topics.ExternalPaymentEvents], TopicSplit.TopicsOf(Topics.PaymentEvents));
        Assert.Equal([Topics.WalletCommands], TopicSplit.TopicsOf(Topics.WalletCommands));
        Assert.All(TopicSplit.TopicsOf(Topics.PaymentEvents), topic => Assert.Equal(Topics.PaymentEvents.Readers, topic.Readers));
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
        var partition = PaymentEventsPartitioner.PartitionOf(Topics.PaymentEvents, key);
        return TopicSplit.Physical(new PartitionOf(Topics.PaymentEvents.Name, partition), SplitPhase.Split)[0].Topic;
    }

    private static IEnumerable<PartitionOf> Of(Topic topic) =>
        Enumerable.Range(0, topic.Partitions).Select(p => new PartitionOf(topic.Name, p));
}
