using System.Text;
using Payments.EventStore;
using Payments.Messaging;
using Payments.Messaging.Consuming;

namespace UnitTests.Messaging;

public sealed class ProgressTests
{
    private const string Consumer = "reader";
    private const string Topic = "topic";

    private readonly Progress _progress = new(Consumer);

    [Fact]
    public void A_message_is_fresh_once_and_a_duplicate_from_then_on_also_within_its_batch()
    {
        var batch = _progress.Begin();

        Assert.Equal(Standing.Fresh, batch.Place(Message(position: 3, previous: 0)));
        Assert.Equal(Standing.Duplicate, batch.Place(Message(position: 3, previous: 0)));
        Assert.Equal(Standing.Fresh, batch.Place(Message(position: 8, previous: 3)));
        Assert.Equal([Move(0, 8)], batch.Moves(Consumer));

        _progress.Confirm(batch);
        Assert.Equal(Standing.Duplicate, _progress.Begin().Place(Message(position: 8, previous: 3)));
        Assert.Equal(Standing.Duplicate, _progress.Begin().Place(Message(position: 5, previous: 4)));
    }

    [Fact]
    public void A_batch_that_is_not_confirmed_has_moved_nothing()
    {
        _progress.Begin().Place(Message(position: 3, previous: 0));

        Assert.Equal(Standing.Fresh, _progress.Begin().Place(Message(position: 3, previous: 0)));
    }

    [Fact]
    public void A_message_whose_predecessor_was_not_seen_comes_after_a_gap_until_that_one_has_come()
    {
        var batch = _progress.Begin();

        Assert.Equal(Standing.AfterGap, batch.Place(Message(position: 5, previous: 3)));
        Assert.Equal(Standing.AfterGap, batch.Place(Message(position: 6, previous: 5)));
        Assert.Empty(batch.Moves(Consumer));
        Assert.Equal(Standing.Fresh, batch.Place(Message(position: 3, previous: 0)));
        Assert.Equal(Standing.Fresh, batch.Place(Message(position: 5, previous: 3)));
    }

    [Fact]
    public void A_message_sent_again_with_an_older_predecessor_is_no_gap()
    {
        _progress.Reset([new Watermark(Consumer, Topic, 0, "wallets", 10)]);

        Assert.Equal(Standing.Fresh, _progress.Begin().Place(Message(position: 12, previous: 4)));
    }

    [Fact]
    public void Partitions_and_sources_have_nothing_to_do_with_each_other()
    {
        _progress.Reset([new Watermark(Consumer, Topic, 0, "wallets", 10)]);
        var batch = _progress.Begin();

        Assert.Equal(Standing.Duplicate, batch.Place(Message(position: 10, previous: 0)));
        Assert.Equal(Standing.Fresh, batch.Place(Message(position: 10, previous: 0, partition: 1)));
        Assert.Equal(Standing.Fresh, batch.Place(Message(position: 10, previous: 0, source: "payments")));
    }

    [Fact]
    public void What_the_database_says_replaces_what_was_remembered()
    {
        var batch = _progress.Begin();
        batch.Place(Message(position: 3, previous: 0));
        _progress.Confirm(batch);

        _progress.Reset([]);

        Assert.Equal(Standing.Fresh, _progress.Begin().Place(Message(position: 3, previous: 0)));
    }

    [Fact]
    public void A_gap_is_told_with_the_position_it_is_after_until_it_is_closed()
    {
        _progress.Reset([new Watermark(Consumer, Topic, 0, "wallets", 10)]);
        _progress.Begin().Place(Message(position: 20, previous: 15));

        for (var time = 1; time <= 2; time++)
        {
            var gap = Assert.Single(_progress.Report(gapsOnly: true));
            Assert.Equal((Consumer, "wallets", true), (gap.Consumer, gap.Source, gap.Gap));
            Assert.Equal((Topic, 0, 10L), (gap.Partitions[0].Topic, gap.Partitions[0].Partition, gap.Partitions[0].Position));
        }

        _progress.Begin().Place(Message(position: 15, previous: 10));
        Assert.Empty(_progress.Report(gapsOnly: true));
    }

    private static WatermarkMove Move(long from, long to) => new(Consumer, Topic, 0, "wallets", from, to);

    private static Message Message(long position, long previous, int partition = 0, string source = "wallets") => new(
        Topic,
        partition,
        Offset: position,
        "user/alice",
        new MessageHeaders
        {
            Id = Guid.Parse($"0198c0de-0000-7000-8000-{position:x12}"),
            Type = "wallet.opened.v1",
            Schema = 1,
            Source = source,
            Position = position,
            Previous = previous,
            Stream = "wallet/1",
            Version = 1,
            Correlation = Guid.Parse("0198c0de-0000-7000-8000-000000000001"),
            Actor = "test",
            Recorded = DateTimeOffset.UnixEpoch,
        },
        Encoding.UTF8.GetBytes("{}"));
}
