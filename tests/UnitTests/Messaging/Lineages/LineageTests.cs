using System.Text;
using Payments.EventStore.Contract;
using Payments.EventStore.Memory;
using Payments.Messaging.Consuming;
using Payments.Messaging.Envelope;
using Payments.Messaging.Lineages;
using Payments.Messaging.Relay;
using Payments.Messaging.Topics;

namespace UnitTests.Messaging.Lineages;

public sealed class LineageTests
{
    private const string Consumer = "saga-service";
    private const string Source = "wallets";
    private static readonly string Topic = PlatformTopics.PaymentEvents.Name;
    private static readonly PartitionOf Place = new(Topic, 0);
    private static readonly (Guid First, Guid Lost, Guid Now) Ids = (Id(1), Id(2), Id(3));
    private static readonly LogLineage Before = Lineage((Ids.First, 0), (Ids.Lost, 50));

    /// <summary>Restored to position 80, which the incarnation that is lost had begun before.</summary>
    private static readonly LogLineage Now = Lineage((Ids.First, 0), (Ids.Lost, 50), (Ids.Now, 80));

    private static readonly DateTimeOffset Sent = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly Progress _progress = new(Consumer);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void A_position_belongs_to_the_incarnation_that_had_begun_before_it()
    {
        Assert.Equal([Ids.First, Ids.First, Ids.Lost, Ids.Lost, Ids.Now], new long[] { 1, 50, 51, 80, 81 }.Select(p => Now.At(p)!.Value));
        Assert.Null(Lineage((Ids.Now, 80)).At(80));
    }

    [Fact]
    public void Two_lineages_fork_where_the_first_of_them_ends_what_both_have()
    {
        Assert.Equal(80, Now.ForkFrom(Before));
        Assert.Equal(80, Before.ForkFrom(Now));
        Assert.Equal(long.MaxValue, Now.ForkFrom(Now));
        Assert.Equal(30, Lineage((Ids.First, 0), (Ids.Now, 30)).ForkFrom(Before));
        Assert.Equal(0, Lineage((Ids.Now, 0)).ForkFrom(Before));
    }

    [Fact]
    public void A_message_of_the_lost_timeline_is_lost_and_moves_nothing()
    {
        _progress.Learn(Source, Now, Sent);
        var batch = _progress.Begin();

        Assert.Equal(MessageDisposition.Lost, batch.Place(Message(90, 0, Ids.Lost), Sent));
        Assert.Empty(batch.Moved);
        Assert.Equal(MessageDisposition.Fresh, batch.Place(Message(75, 0, Ids.Lost), Sent));
        Assert.Equal(MessageDisposition.Fresh, batch.Place(Message(90, 75, Ids.Now), Sent));
    }

    [Fact]
    public void A_message_waits_for_a_word_of_its_relay_that_is_as_late_as_itself()
    {
        Assert.Equal(MessageDisposition.Unsettled, _progress.Begin().Place(Message(90, 0, Ids.Now), Sent));
        _progress.Learn(Source, Before, Sent.AddSeconds(-1));
        Assert.Equal(MessageDisposition.Unsettled, _progress.Begin().Place(Message(90, 0, Ids.Now), Sent));

        Assert.Equal(Sent, Assert.Single(_progress.TakeUnsettled()).Value);
        Assert.Empty(_progress.TakeUnsettled());
        Assert.True(Assert.Single(_progress.Report(gapsOnly: true)).Gap); // So that it is sent again, whatever comes.
        _progress.Learn(Source, Now, Sent);
        Assert.Equal(MessageDisposition.Fresh, _progress.Begin().Place(Message(90, 0, Ids.Now), Sent));
    }

    [Fact]
    public void A_message_of_an_earlier_version_is_judged_by_its_position_alone()
    {
        Assert.Equal(MessageDisposition.Fresh, _progress.Begin().Place(Message(90, 0, null), Sent));
        _progress.Learn(Source, Now, Sent);
        Assert.Equal(MessageDisposition.Fresh, _progress.Begin().Place(Message(90, 0, null), Sent));
    }

    [Fact]
    public void An_answer_is_heard_again_below_the_watermark_only()
    {
        _progress.Reset([new Watermark(Consumer, Topic, 0, Source, 60)]);
        _progress.Learn(Source, Now, Sent);
        var (known, ahead) = (Again(Message(55, 54, Ids.Lost)), Again(Message(90, 89, Ids.Now)));
        var batch = _progress.Begin();

        Assert.Equal(MessageDisposition.Again, batch.Place(known, Sent));
        Assert.Equal(MessageDisposition.NotNow, batch.Place(ahead, Sent));
        Assert.Equal(MessageDisposition.NotNow, batch.Place(Again(Message(55, 54, Ids.Now)), Sent));
        Assert.Empty(batch.Moved);
    }

    [Fact]
    public async Task A_consumer_whose_source_was_restored_goes_back_to_the_fork_and_stores_both_together()
    {
        var stored = new MemorySourceLineages();
        var store = new MemoryEventStore("sagas", TimeProvider.System, stored.Apply);
        var heard = new AnnouncedLineages(TimeProvider.System);
        var adoption = new LineageAdoption(Consumer, store, stored, heard, _progress, TimeProvider.System);
        await AdoptAsync(Before);
        await store.AppendAsync(
            new() { Watermarks = [new(Consumer, Topic, 0, Source, 0, 95), new(Consumer, Topic, 1, Source, 0, 60)] }, Cancel);
        await AdoptAsync(Now);

        Assert.Equal(
            [80, 60], (await store.WatermarksAsync(Consumer, Cancel)).OrderBy(w => w.Partition).Select(w => w.Position));
        Assert.True(Now.IsSameAs((await stored.ReadAsync(Consumer, Cancel))[Source]));
        var told = Assert.Single(_progress.Report(gapsOnly: false));
        Assert.Equal((Ids.Now, LogLineage.Nameless), (told.Lineage!.Value, told.Incarnation!.Value));
        Assert.Equal([80, 60], told.Partitions.OrderBy(p => p.Partition).Select(p => p.Position));

        async Task AdoptAsync(LogLineage lineage)
        {
            await adoption.ResetAsync(Cancel);
            _progress.Reset(await store.WatermarksAsync(Consumer, Cancel));
            heard.Hear(LineageAnnouncement.Of(Source, lineage), Sent);
            await adoption.AdoptAsync(Cancel);
        }
    }

    [Fact]
    public async Task What_was_heard_counts_no_more_once_the_consumers_own_database_was_restored()
    {
        var store = new MemoryEventStore("sagas", TimeProvider.System);
        var heard = new AnnouncedLineages(TimeProvider.System);
        var adoption = new LineageAdoption(Consumer, store, new MemorySourceLineages(), heard, _progress, TimeProvider.System);
        await adoption.ResetAsync(Cancel);
        heard.Hear(LineageAnnouncement.Of(Source, Before), Sent);
        await adoption.AdoptAsync(Cancel);
        Assert.NotNull(_progress.LineageOf(Source));

        store.Restore(store.Backup(), Id(9));
        await adoption.ResetAsync(Cancel);
        await adoption.AdoptAsync(Cancel);

        Assert.Null(_progress.LineageOf(Source));
    }

    [Fact]
    public async Task What_was_heard_is_known_again_after_the_progress_was_read_anew()
    {
        var store = new MemoryEventStore("sagas", TimeProvider.System);
        var heard = new HeardLineages(TimeProvider.System);
        var adoption = new LineageAdoption(Consumer, store, new MemorySourceLineages(), heard, _progress, TimeProvider.System);
        await adoption.ResetAsync(Cancel);
        heard.Hear(LineageAnnouncement.Of(Source, Before), Sent);
        await adoption.AdoptAsync(Cancel);

        await adoption.ResetAsync(Cancel);
        await adoption.AdoptAsync(Cancel);

        Assert.True(Before.IsSameAs(_progress.LineageOf(Source)));
    }

    [Fact]
    public void A_relay_takes_what_a_restored_reader_says_for_all_that_it_has()
    {
        var ledger = Ledger();
        Assert.Empty(ledger.Hear(Says(70, Id(11), new PartitionProgress(Topic, 1, 60)), Now));

        Assert.Equal([Place, new(Topic, 1)], ledger.Hear(Says(40, Id(12)), Now).OrderBy(p => p.Partition));

        Assert.Equal((40, 0), (ledger.AcknowledgedByAll(Place), ledger.AcknowledgedByAll(new(Topic, 1))));
        Assert.Equal(Id(12), ledger.Incarnations[Consumer]);
    }

    [Fact]
    public void A_word_from_before_the_same_readers_last_one_changes_nothing()
    {
        var ledger = Ledger();
        ledger.Hear(Says(70, Id(11)), Now);

        Assert.Empty(ledger.Hear(Says(40, Id(11)), Now));
        Assert.Equal(70, ledger.AcknowledgedByAll(Place));
    }

    [Fact]
    public void Positions_of_a_timeline_that_the_log_has_lost_acknowledge_nothing()
    {
        var ledger = Ledger();
        ledger.Hear(Says(95, Id(11)) with { Lineage = Id(7) }, Now);
        Assert.Equal(0, ledger.AcknowledgedByAll(Place));

        ledger.Hear(Says(95, Id(11)) with { Lineage = Ids.Lost }, Now);
        Assert.Equal(80, ledger.AcknowledgedByAll(Place));
    }

    [Fact]
    public void A_reader_of_an_earlier_version_is_believed_as_before()
    {
        var ledger = Ledger();
        ledger.Hear(Says(95, Id(11)) with { Lineage = null, Incarnation = null }, Now);

        Assert.Equal(95, ledger.AcknowledgedByAll(Place));
    }

    [Fact]
    public void Earlier_versions_skip_an_announcement_and_this_one_skips_their_progress()
    {
        Assert.True(LineageAnnouncement.IsKey(LineageAnnouncement.Of(Source, Now).Key));
        Assert.False(LineageAnnouncement.IsKey("saga-service/wallets"u8));
        Assert.Null(ConsumerProgress.Read(LineageAnnouncement.Of(Source, Now).ToJson()));
        Assert.Null(LineageAnnouncement.Read(Says(1, Id(11)).ToJson()));
        Assert.True(Now.IsSameAs(LineageAnnouncement.Read(LineageAnnouncement.Of(Source, Now).ToJson())!.Lineage));
        var old = """{"consumer":"saga-service","source":"wallets","partitions":[],"gap":false}"""u8;
        Assert.Equal(new(null, null), (ConsumerProgress.Read(old)!.Lineage, ConsumerProgress.Read(old)!.Incarnation));
    }

    private static RelayLedger Ledger() => new(
        0, new Dictionary<PartitionOf, Published>(), new Dictionary<(string, PartitionOf), long>(), _ => [Consumer]);

    private static ConsumerProgress Says(long position, Guid incarnation, params PartitionProgress[] more) =>
        new(Consumer, Source, [new(Topic, 0, position), .. more], false, Ids.Now, incarnation);

    private static Message Again(Message message) => message with
    {
        Headers = message.Headers with { Replay = Id(20), ReplayFor = Consumer, Again = Id(20) },
    };

    private static Message Message(long position, long previous, Guid? incarnation) => new(
        Topic,
        0,
        Offset: position,
        "user/alice",
        new MessageHeaders
        {
            Id = Id((int)position),
            Type = "wallet.opened.v1",
            Schema = 1,
            Source = Source,
            Position = position,
            Incarnation = incarnation,
            Previous = previous,
            Stream = "wallet/1",
            Version = 1,
            Correlation = Id(1),
            Actor = "test",
            Recorded = DateTimeOffset.UnixEpoch,
        },
        Encoding.UTF8.GetBytes("{}"));

    private static LogLineage Lineage(params (Guid Id, long BeginsAfter)[] incarnations) =>
        new(incarnations.Select(i => new LogIncarnation(i.Id, i.BeginsAfter)));

    private static Guid Id(int number) => Guid.Parse($"0198c0de-0000-7000-8000-{number:x12}");
}
