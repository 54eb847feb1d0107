using Payments.EventStore.Contract;
using Payments.EventStore.Postgres;

namespace UnitTests.EventStore;

public sealed class UnitQueueTests
{
    private readonly UnitQueue _queue = new();

    [Fact]
    public void Units_that_touch_different_things_share_a_batch_and_a_crowd_on_one_stream_leaves_room_for_them()
    {
        var crowd = Enumerable.Range(0, 1_000).Select(_ => Added(On("hot", ExpectedVersion.Any))).ToList();
        var neighbours = Enumerable.Range(0, 5).Select(i => Added(On($"cold-{i}", ExpectedVersion.Any))).ToList();

        Assert.Equal([crowd[0], .. neighbours], Taken());
    }

    [Fact]
    public void A_unit_never_overtakes_an_earlier_one_that_touches_what_it_touches()
    {
        var first = Added(On("a", ExpectedVersion.Any));
        var both = Added(On("a", ExpectedVersion.Any), On("b", ExpectedVersion.Any));
        var last = Added(On("b", ExpectedVersion.Any));

        Assert.Equal([first], Taken());
        _queue.Done(first, Appended);
        Assert.Equal([both], Taken());
        _queue.Failed(both, new TimeoutException());
        Assert.Equal([last], Taken());
        _queue.Done(last, Appended);
        Assert.Equal((0, true), (_queue.Count, both.Outcome.Task.IsFaulted));
    }

    [Fact]
    public async Task Those_behind_a_winner_are_told_the_version_without_asking_the_database()
    {
        var winner = Added(On("a", ExpectedVersion.Exactly(3), events: 2));
        var losers = Enumerable.Range(0, 1_000).Select(_ => Added(On("a", ExpectedVersion.Exactly(3)))).ToList();
        var next = Added(On("a", ExpectedVersion.Exactly(5)));
        Taken();

        _queue.Done(winner, Appended);

        var told = await Task.WhenAll(losers.Select(l => l.Outcome.Task));
        Assert.All(told, r => Assert.Equal(new AppendResult.Conflict(new("wallet", "a"), ExpectedVersion.Exactly(3), 5), r));
        Assert.Equal([next], Taken());
    }

    [Fact]
    public void A_repeat_of_the_winner_asks_the_database()
    {
        var append = On("a", ExpectedVersion.Exactly(3));
        var (winner, repeat) = (Added(append), Added(append));
        Taken();

        _queue.Done(winner, Appended);

        Assert.Equal([repeat], Taken());
    }

    [Fact]
    public async Task Those_behind_a_claim_hear_its_answer_and_those_behind_a_refused_one_get_their_turn()
    {
        var claim = new Claim("client", "key", new byte[] { 1 }, new byte[] { 2 });
        var (refused, winner, repeat) = (Added(claim), Added(claim), Added(claim));
        Taken();

        _queue.Done(refused, new AppendResult.Conflict(new("wallet", "other"), ExpectedVersion.None, 1));
        Assert.Equal([winner], Taken());
        _queue.Done(winner, Appended);

        Assert.Equal(new AppendResult.AlreadyClaimed(claim), await repeat.Outcome.Task);
        Assert.Equal(0, _queue.Count);
    }

    [Fact]
    public void A_batch_holds_so_many_units_and_about_so_many_events()
    {
        var units = Enumerable.Range(0, 10).Select(i => Added(On($"{i}", ExpectedVersion.None, events: 4))).ToList();

        Assert.Equal(units[..3], Taken(unitsMax: 3));
        Assert.Equal(units[3..5], Taken(eventsMax: 5));
    }

    private static AppendResult Appended => new AppendResult.Appended(1, 1, default);

    private static StreamAppend On(string key, ExpectedVersion expected, int events = 1) => new(
        new StreamId("wallet", key),
        expected,
        [.. Enumerable.Range(0, events).Select(_ => new NewEvent(
            Guid.CreateVersion7(), "opened", 1, default, new EventMetadata(Guid.Empty, null, "tests", null, null)))]);

    private PendingUnit Added(params IReadOnlyList<StreamAppend> appends) => Added(new AppendUnit { Streams = appends });

    private PendingUnit Added(Claim claim) => Added(new AppendUnit { Claim = claim });

    private PendingUnit Added(AppendUnit unit)
    {
        var pending = new PendingUnit(unit);
        _queue.Add(pending);
        return pending;
    }

    private List<PendingUnit> Taken(int unitsMax = 512, int eventsMax = 4_096)
    {
        var batch = new List<PendingUnit>();
        _queue.Take(batch, unitsMax, eventsMax);
        return batch;
    }
}
