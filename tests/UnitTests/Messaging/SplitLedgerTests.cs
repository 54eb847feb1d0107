using Payments.Messaging.Relay;
using Payments.Messaging.Topics;

namespace UnitTests.Messaging;

/// <summary>The relay's books while one logical partition lies on two physical ones.</summary>
public sealed class SplitLedgerTests
{
    private static readonly PartitionOf Whole = new(PlatformTopics.PaymentEvents.Name, 4);
    private static readonly PartitionOf Half = new(PlatformTopics.WalletPaymentEvents.Name, 2);
    private static readonly PartitionOf Other = new(PlatformTopics.ExternalPaymentEvents.Name, 2);

    private readonly RelayLedger _ledger = new(
        0, new Dictionary<PartitionOf, Published>(), new Dictionary<(string, PartitionOf), long>(), PlatformTopics.ReadersOf);

    [Fact]
    public void What_lies_on_either_counts_as_one_partition_with_the_last_of_both()
    {
        _ledger.Delivered(5, Whole, endOffset: 1);
        _ledger.Delivered(8, Whole, endOffset: 2);
        _ledger.Delivered(8, Half, endOffset: 1);
        _ledger.Delivered(9, Half, endOffset: 2);

        Assert.Equal([KeyValuePair.Create(Whole, 9L)], _ledger.Start().Last);
        Assert.Equal((new Published(8, 2), new Published(9, 2)), (_ledger.Published[Whole], _ledger.Published[Half]));
    }

    [Fact]
    public void What_is_acknowledged_is_acknowledged_wherever_it_lies()
    {
        _ledger.Delivered(8, Whole, endOffset: 2);
        _ledger.Delivered(9, Half, endOffset: 1);
        _ledger.Acknowledge(ConsumerNames.Saga, Whole, 8);

        Assert.Equal((8, 8), (_ledger.AcknowledgedByAll(Whole), _ledger.AcknowledgedByAll(Half)));
        Assert.Equal([(ConsumerNames.Saga, Whole, 8L)], _ledger.Unacknowledged());
        _ledger.Acknowledge(ConsumerNames.Saga, Half, 9);
        Assert.Empty(_ledger.Unacknowledged());
    }

    [Fact]
    public void When_one_of_two_is_lost_both_are_written_again_from_what_is_acknowledged()
    {
        _ledger.Delivered(8, Whole, endOffset: 20);
        _ledger.Delivered(8, Half, endOffset: 3);
        _ledger.Delivered(11, Whole, endOffset: 21);
        _ledger.Delivered(11, Half, endOffset: 4);
        _ledger.Acknowledge(ConsumerNames.Saga, Whole, 5);

        _ledger.GoBack(new Dictionary<PartitionOf, long> { [Half] = 0 });

        Assert.Equal((5, 5), (_ledger.Start().After, _ledger.Start().Last[Whole]));
        Assert.Equal((new Published(5, 21), new Published(5, 0)), (_ledger.Published[Whole], _ledger.Published[Half]));
        Assert.True(_ledger.Delivered(8, Whole, endOffset: 22));
        Assert.True(_ledger.Delivered(8, Half, endOffset: 1));
    }

    [Fact]
    public void When_the_topic_that_is_not_written_any_more_is_lost_nothing_is_sent_again()
    {
        _ledger.Delivered(8, Whole, endOffset: 20);
        _ledger.Delivered(9, Half, endOffset: 3);
        _ledger.Acknowledge(ConsumerNames.Saga, Whole, 9);

        _ledger.GoBack(new Dictionary<PartitionOf, long> { [Whole] = 0 });

        Assert.Equal((9, 9), (_ledger.Start().After, _ledger.Start().Last[Whole]));
        Assert.Equal((new Published(8, 0), new Published(9, 3)), (_ledger.Published[Whole], _ledger.Published[Half]));
    }

    [Fact]
    public void A_gap_that_is_told_by_its_logical_place_leads_back_on_the_half_that_carries_it()
    {
        _ledger.Delivered(9, Half, endOffset: 3);
        _ledger.Acknowledge(ConsumerNames.Saga, Whole, 4);

        _ledger.GoBack(new Dictionary<PartitionOf, long> { [Whole] = 0 });

        Assert.Equal((4, 4), (_ledger.Start().After, _ledger.Start().Last[Whole]));
        Assert.Equal(new Published(4, 3), _ledger.Published[Half]);
    }

    [Fact]
    public void The_halves_have_nothing_to_do_with_each_other()
    {
        _ledger.Delivered(8, Half, endOffset: 1);
        _ledger.Delivered(9, Other, endOffset: 1);
        _ledger.Acknowledge(ConsumerNames.Saga, Half, 8);

        Assert.Equal([(ConsumerNames.Saga, new PartitionOf(PlatformTopics.PaymentEvents.Name, 5), 0L)], _ledger.Unacknowledged());
    }
}
