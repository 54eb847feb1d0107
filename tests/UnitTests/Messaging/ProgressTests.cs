using System.Text;
using Payments.EventStore.Contract;
using Payments.Messaging.Consuming;
using Payments.Messaging.Envelope;
using Payments.Messaging.Relay;
using Payments.Messaging.Topics;

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

        Assert.Equal(MessageDisposition.Fresh, batch.Place(Message(position: 3, previous: 0)));
        Assert.Equal(MessageDisposition.Duplicate, batch.Place(Message(position: 3, previous: 0)));
        Assert.Equal(MessageDisposition.Fresh, batch.Place(Message(position: 8, previous: 3)));
        Assert.Equal([Move(0, 8)], batch.Moves(Consumer));

        _progress.Confirm(batch);
        Assert.Equal(MessageDisposition.Duplicate, _progress.Begin().Place(Message(position: 8, previous: 3)));
        Assert.Equal(MessageDisposition.Duplicate, _progress.Begin().Place(Message(position: 5, previous: 4)));
    }

    [Fact]
    public void A_batch_that_is_not_confirmed_has_moved_nothing()
    {
        _progress.Begin().Place(Message(position: 3, previous: 0));

        Assert.Equal(MessageDisposition.Fresh, _progress.Begin().Place(Message(position: 3, previous: 0)));
    }

    [Fact]
    public void A_message_whose_predecessor_was_not_seen_comes_after_a_gap_until_that_one_has_come()
    {
        var batch = _progress.Begin();

        Assert.Equal(MessageDisposition.AfterGap, batch.Place(Message(position: 5, previous: 3)));
        Assert.Equal(MessageDisposition.AfterGap, batch.Place(Message(position: 6, previous: 5)));
        Assert.Empty(batch.Moves(Consumer));
        Assert.Equal(MessageDisposition.Fresh, batch.Place(Message(position: 3, previous: 0)));
        Assert.Equal(MessageDisposition.Fresh, batch.Place(Message(position: 5, previous: 3)));
    }

    [Fact]
    public void A_message_sent_again_with_an_older_predecessor_is_no_gap()
    {
        _progress.Reset([new Watermark(Consumer, Topic, 0, "wallets", 10)]);

        Assert.Equal(MessageDisposition.Fresh, _progress.Begin().Place(Message(position: 12, previous: 4)));
    }

    [Fact]
    public void Partitions_and_sources_have_nothing_to_do_with_each_other()
    {
        _progress.Reset([new Watermark(Consumer, Topic, 0, "wallets", 10)]);
        var batch = _progress.Begin();

        Assert.Equal(MessageDisposition.Duplicate, batch.Place(Message(position: 10, previous: 0)));
        Assert.Equal(MessageDisposition.Fresh, batch.Place(Message(position: 10, previous: 0, partition: 1)));
        Assert.Equal(MessageDisposition.Fresh, batch.Place(Message(position: 10, previous: 0, source: "payments")));
    }

    [Fact]
    public void What_the_database_says_replaces_what_was_remembered()
    {
        var batch = _progress.Begin();
        batch.Place(Message(position: 3, previous: 0));
        _progress.Confirm(batch);

        _progress.Reset([]);

        Assert.Equal(MessageDisposition.Fresh, _progress.Begin().Place(Message(position: 3, previous: 0)));
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

    [Fact]
    public void What_waits_for_a_source_that_has_no_relay_here_is_astray_and_asked_for_from_nobody()
    {
        var batch = _progress.Begin();
        var stray = Message(position: 5, previous: 3, source: "stranger") with { Topic = PlatformTopics.WalletCommands.Name };
        var behindGap = Message(position: 5, previous: 3, source: "sagas") with { Topic = PlatformTopics.WalletCommands.Name };
        var fresh = Message(position: 5, previous: 0, source: "stranger") with { Topic = PlatformTopics.WalletCommands.Name };

        Assert.Equal(MessageDisposition.Stray, batch.Place(stray));
        Assert.Equal(MessageDisposition.AfterGap, batch.Place(behindGap));
        Assert.Equal(MessageDisposition.Fresh, batch.Place(fresh));
        _progress.Confirm(batch);

        Assert.Equal(["sagas"], _progress.Report(gapsOnly: true).Select(r => r.Source));
        Assert.Empty(_progress.Report(gapsOnly: false)); // Whoever writes to a topic can invent sources without end.
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"consumer":"wallet-service","source":"sagas","partitions":null,"gap":false}""")]
    [InlineData("""{"consumer":"wallet-service","source":"sagas","partitions":[null],"gap":false}""")]
    public void What_is_no_word_at_all_is_not_heard(string json) => Assert.Null(ConsumerProgress.Read(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("a\u0000", "commands.wallets.v1", 0, 1)]
    [InlineData("saga-service", "commands.wallets.v1", 0, 1)]
    [InlineData("wallet-service", "\u0000", 0, 1)]
    [InlineData("wallet-service", "commands.wallets.v1", 6, 1)]
    [InlineData("wallet-service", "commands.wallets.v1", 0, -1)]
    public void What_is_no_word_of_a_reader_of_ours_is_not_heard(string consumer, string topic, int partition, long position) =>
        Assert.Null(ConsumerProgress.Read(new ConsumerProgress(consumer, "sagas", [new(topic, partition, position)], Gap: true).ToJson()));

    [Fact]
    public void The_word_of_a_reader_is_heard()
    {
        var said = new ConsumerProgress("wallet-service", "sagas", [new("commands.wallets.v1", 5, 7)], Gap: true);

        var heard = ConsumerProgress.Read(said.ToJson())!;

        Assert.Equal(said with { Partitions = [] }, heard with { Partitions = [] });
        Assert.Equal(said.Partitions, heard.Partitions);
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
