using Confluent.Kafka;
using Payments.EventStore.Contract;
using Payments.Messaging.Consuming;
using Payments.Messaging.Envelope;
using Payments.Messaging.Relay;
using Payments.Messaging.Topics;

namespace UnitTests.Messaging;

/// <summary>One consumer, and messages that come to it from the whole topic and from its half; and from replays.</summary>
public sealed class SplitProgressTests
{
    private const string Consumer = "reader";
    private static readonly PartitionOf Whole = new(PlatformTopics.PaymentEvents.Name, 4);
    private static readonly PartitionOf Half = new(PlatformTopics.WalletPaymentEvents.Name, 2);

    private readonly Progress _progress = new(Consumer);

    [Fact]
    public void The_second_copy_is_a_duplicate_whichever_comes_first_and_the_watermark_is_the_logical_one()
    {
        var batch = _progress.Begin();

        Assert.Equal(MessageDisposition.Fresh, batch.Place(From(Whole, position: 3, previous: 0)));
        Assert.Equal(MessageDisposition.Duplicate, batch.Place(From(Half, position: 3, previous: 0)));
        Assert.Equal(MessageDisposition.Fresh, batch.Place(From(Half, position: 5, previous: 3)));
        Assert.Equal(MessageDisposition.Duplicate, batch.Place(From(Whole, position: 5, previous: 3)));
        Assert.Equal([new WatermarkMove(Consumer, Whole.Topic, Whole.Partition, "wallets", 0, 5)], batch.Moves(Consumer));
    }

    [Fact]
    public void What_the_half_brings_too_early_waits_for_the_whole_to_bring_it_in_order()
    {
        var batch = _progress.Begin();

        Assert.Equal(MessageDisposition.AfterGap, batch.Place(From(Half, position: 5, previous: 3)));
        Assert.Equal(MessageDisposition.Fresh, batch.Place(From(Whole, position: 3, previous: 0)));
        Assert.Equal(MessageDisposition.Fresh, batch.Place(From(Whole, position: 5, previous: 3)));
        Assert.Empty(_progress.Report(gapsOnly: true));
    }

    [Fact]
    public void What_another_member_has_stored_meanwhile_is_no_gap_any_more_when_the_database_is_asked()
    {
        _progress.Begin().Place(From(Half, position: 5, previous: 3));
        Assert.True(_progress.TakeMetGap());
        Assert.False(_progress.TakeMetGap());

        Assert.False(_progress.Refresh([]));
        Assert.True(_progress.Refresh([new Watermark(Consumer, Whole.Topic, Whole.Partition, "wallets", 3)]));
        Assert.Equal(MessageDisposition.Fresh, _progress.Begin().Place(From(Half, position: 5, previous: 3)));
    }

    [Fact]
    public void A_gap_is_told_on_a_topic_that_may_be_split_only_when_the_reader_stands_before_it_for_two_seconds()
    {
        var patience = new GapPatience();
        var gap = new ConsumerProgress(Consumer, "wallets", [new(Whole.Topic, Whole.Partition, 3)], Gap: true);
        var further = gap with { Partitions = [new(Whole.Topic, Whole.Partition, 4)] };

        Assert.Empty(patience.Lasting([gap], TimeSpan.FromSeconds(10)));
        Assert.Empty(patience.Lasting([gap], TimeSpan.FromSeconds(11.5)));
        Assert.Empty(patience.Lasting([further], TimeSpan.FromSeconds(12.5)));
        Assert.Empty(patience.Lasting([further], TimeSpan.FromSeconds(14)));
        Assert.Equal(further.Partitions, Assert.Single(patience.Lasting([further], TimeSpan.FromSeconds(14.5))).Partitions);
        Assert.Empty(patience.Lasting([], TimeSpan.FromSeconds(15)));
        Assert.Empty(patience.Lasting([further], TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public void On_another_topic_a_gap_is_told_at_once()
    {
        var gap = new ConsumerProgress(Consumer, "sagas", [new(PlatformTopics.WalletCommands.Name, 1, 3)], Gap: true);

        Assert.Equal(gap.Partitions, Assert.Single(new GapPatience().Lasting([gap], TimeSpan.Zero)).Partitions);
    }

    [Fact]
    public void A_replay_is_a_duplicate_for_who_is_past_it_and_nothing_at_all_for_who_is_not_there_yet()
    {
        _progress.Reset([new Watermark(Consumer, Whole.Topic, Whole.Partition, "wallets", 10)]);
        var batch = _progress.Begin();

        Assert.Equal(MessageDisposition.Duplicate, batch.Place(From(Whole, position: 8, previous: 7, Replay())));
        Assert.Equal(MessageDisposition.NotNow, batch.Place(From(Whole, position: 20, previous: 19, Replay())));
        Assert.Empty(_progress.Report(gapsOnly: true));
        Assert.False(_progress.TakeMetGap());
        Assert.Equal(MessageDisposition.Fresh, batch.Place(From(Whole, position: 12, previous: 10, Replay())));
        Assert.Equal(MessageDisposition.Duplicate, batch.Place(From(Whole, position: 12, previous: 10)));
    }

    [Fact]
    public void A_replay_for_one_consumer_is_nothing_to_the_others()
    {
        Assert.Equal(MessageDisposition.NotNow, _progress.Begin().Place(From(Whole, position: 1, previous: 0, Replay("somebody-else"))));
        Assert.Equal(MessageDisposition.Fresh, _progress.Begin().Place(From(Whole, position: 1, previous: 0, Replay(Consumer))));
    }

    private static ReplayMark Replay(string? consumer = null) => new(Guid.Parse("0198c0de-0000-7000-8000-0000000000aa"), consumer);

    // Over the wire, as it comes.
    private static Message From(PartitionOf place, long position, long previous, ReplayMark? replay = null)
    {
        var headers = MessageCases.Headers with
        {
            Source = "wallets",
            Position = position,
            Previous = previous,
            Replay = replay?.Id,
            ReplayFor = replay?.Consumer,
        };
        var record = new ConsumeResult<byte[], byte[]>
        {
            Topic = place.Topic,
            Partition = place.Partition,
            Offset = 77,
            Message = MessageCodec.Encode("user/alice", headers, "{}"u8.ToArray()),
        };
        return Assert.IsType<MessageReading.Readable>(MessageCodec.Read(record)).Message;
    }
}
