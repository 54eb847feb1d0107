using Payments.Messaging.Relay;

namespace UnitTests.Messaging;

public sealed class RelayLedgerTests
{
    private static readonly PartitionOf Read = new("read", 0);
    private static readonly PartitionOf Other = new("read", 1);
    private static readonly PartitionOf Unread = new("unread", 0);

    [Fact]
    public void A_fresh_one_starts_at_the_beginning()
    {
        var start = Ledger().Start();

        Assert.Equal(0, start.After);
        Assert.Empty(start.Last);
    }

    [Fact]
    public void It_goes_on_after_what_was_delivered_and_knows_what_lies_on_each_partition()
    {
        var ledger = Ledger();
        Assert.True(ledger.Delivered(3, Read, endOffset: 1));
        Assert.True(ledger.Delivered(4, Other, endOffset: 1));
        Assert.True(ledger.Delivered(7, Read, endOffset: 2));

        var start = ledger.Start();

        Assert.Equal(7, start.After);
        Assert.Equal((7, 4), (start.Last[Read], start.Last[Other]));
    }

    [Fact]
    public void What_needs_no_sending_moves_the_checkpoint_too_and_never_back()
    {
        var ledger = Ledger();
        ledger.Passed(9);
        ledger.Passed(5);

        Assert.Equal(9, ledger.Start().After);
    }

    [Fact]
    public void A_delivery_at_an_offset_that_was_taken_before_is_a_loss_and_changes_nothing()
    {
        var ledger = Ledger();
        ledger.Delivered(3, Read, endOffset: 10);

        Assert.False(ledger.Delivered(4, Read, endOffset: 10));
        Assert.Equal(new Published(3, 10), ledger.Published[Read]);
        Assert.Equal(3, ledger.Checkpoint);
    }

    [Fact]
    public void A_delivery_without_an_offset_counts_and_leaves_the_end_no_further_than_it_is()
    {
        var ledger = Ledger();
        Assert.True(ledger.Delivered(3, Read, endOffset: null));
        Assert.Equal(new Published(3, 1), ledger.Published[Read]);

        Assert.True(ledger.Delivered(4, Read, endOffset: 10));
        Assert.True(ledger.Delivered(5, Read, endOffset: null));
        Assert.Equal(new Published(5, 11), ledger.Published[Read]);
        Assert.Equal(5, ledger.Checkpoint);

        // Another source has written between: where the partition ends is known again.
        Assert.True(ledger.Delivered(6, Read, endOffset: 15));
        Assert.Equal(new Published(6, 15), ledger.Published[Read]);
    }

    [Fact]
    public void A_loss_after_deliveries_without_offsets_is_still_one()
    {
        var ledger = Ledger();
        ledger.Delivered(3, Read, endOffset: 10);
        ledger.Delivered(4, Read, endOffset: null);

        Assert.False(ledger.Delivered(5, Read, endOffset: 11));
        Assert.Equal(new Published(4, 11), ledger.Published[Read]);
    }

    [Fact]
    public void After_a_loss_it_goes_back_to_what_the_slowest_reader_has_acknowledged()
    {
        var ledger = Ledger("fast", "slow");
        ledger.Delivered(10, Read, endOffset: 4);
        ledger.Delivered(12, Other, endOffset: 6);
        ledger.Acknowledge("fast", Read, 10);
        ledger.Acknowledge("slow", Read, 6);

        ledger.GoBack(new Dictionary<PartitionOf, long> { [Read] = 0 });

        var start = ledger.Start();
        Assert.Equal(6, start.After);
        Assert.Equal((6, 12), (start.Last[Read], start.Last[Other]));
        Assert.Equal(new Published(6, 0), ledger.Published[Read]);
    }

    [Fact]
    public void A_reader_that_has_said_nothing_has_acknowledged_nothing()
    {
        var ledger = Ledger("fast", "silent");
        ledger.Delivered(10, Read, endOffset: 4);
        ledger.Acknowledge("fast", Read, 10);

        Assert.Equal(0, ledger.AcknowledgedByAll(Read));
        ledger.GoBack(new Dictionary<PartitionOf, long> { [Read] = 0 });

        Assert.Equal(0, ledger.Start().After);
    }

    [Fact]
    public void A_loss_of_what_all_have_acknowledged_sends_nothing_again()
    {
        var ledger = Ledger("reader");
        ledger.Delivered(10, Read, endOffset: 4);
        ledger.Acknowledge("reader", Read, 10);

        ledger.GoBack(new Dictionary<PartitionOf, long> { [Read] = 0 });

        Assert.Equal(10, ledger.Start().After);
        Assert.True(ledger.Delivered(11, Read, endOffset: 1));
    }

    [Fact]
    public void A_loss_on_a_topic_that_nobody_reads_sends_nothing_again()
    {
        var ledger = Ledger("reader");
        ledger.Delivered(10, Unread, endOffset: 4);

        Assert.Null(ledger.AcknowledgedByAll(Unread));
        ledger.GoBack(new Dictionary<PartitionOf, long> { [Unread] = 0 });

        Assert.Equal((10, 10), (ledger.Start().After, ledger.Start().Last[Unread]));
    }

    [Fact]
    public void An_older_word_of_a_reader_changes_nothing()
    {
        var ledger = Ledger("reader");
        ledger.Acknowledge("reader", Read, 8);
        ledger.Acknowledge("reader", Read, 5);

        Assert.Equal(8, ledger.AcknowledgedByAll(Read));
    }

    [Fact]
    public void A_reader_ahead_of_the_books_after_a_crash_is_no_reason_to_skip_what_the_books_do_not_have()
    {
        var ledger = Ledger("reader");
        ledger.Delivered(10, Read, endOffset: 4);
        ledger.Acknowledge("reader", Read, 15);

        ledger.GoBack(new Dictionary<PartitionOf, long> { [Read] = 0 });

        Assert.Equal((10, 10), (ledger.Start().After, ledger.Start().Last[Read]));
    }

    private static RelayLedger Ledger(params string[] readers) => new(
        0,
        new Dictionary<PartitionOf, Published>(),
        new Dictionary<(string, PartitionOf), long>(),
        topic => topic == Unread.Topic ? [] : readers);
}
