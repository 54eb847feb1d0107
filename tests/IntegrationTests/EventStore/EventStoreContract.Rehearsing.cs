using Payments.EventStore.Contract;

namespace IntegrationTests.EventStore;

public abstract partial class EventStoreContract
{
    [Fact]
    public async Task A_rehearsal_answers_as_the_append_would_and_leaves_nothing_behind()
    {
        var (grown, fresh, key) = (await StreamAtAsync(2), Sample.Stream(), NewKey());
        var before = await Store.LastPositionAsync(Cancel);
        await using var tail = new TailReader(Store, before, batchMax: 100);
        var unit = new AppendUnit
        {
            Streams = [Sample.Append(grown, ExpectedVersion.Exactly(2), 2), Sample.Append(fresh, ExpectedVersion.None)],
            Rows = [Sample.Name(key)],
            Watermarks = [Sample.Move(key, 0, 5)],
            Claim = Sample.Claim(key),
        };

        var rehearsed = Assert.IsType<AppendResult.Appended>(await Store.RehearseAsync(unit, Cancel));
        var again = Assert.IsType<AppendResult.Appended>(await Store.RehearseAsync(unit, Cancel));

        Assert.Equal((before + 1, before + 3), (rehearsed.FirstPosition, rehearsed.LastPosition));
        Assert.Equal((before + 1, before + 3), (again.FirstPosition, again.LastPosition));
        Assert.Equal(before, await Store.LastPositionAsync(Cancel));
        Assert.Equal((2, 0), (await Store.StreamVersionAsync(grown, Cancel), await Store.StreamVersionAsync(fresh, Cancel)));
        Assert.Empty(await StoredNamesAsync([key]));
        Assert.Empty(await Store.WatermarksAsync(key, Cancel));
        Assert.Null(await Store.FindClaimAsync("client", key, Cancel));
        Assert.Empty(await LogAfterAsync(before));

        // The same unit still goes through, at the positions that were foretold; and it is the first that anybody hears of.
        var appended = await StoredAsync(unit);
        Assert.Equal((before + 1, before + 3), (appended.FirstPosition, appended.LastPosition));
        await tail.UntilAsync(appended.LastPosition, Deadline);
        Assert.Equal(unit.Streams.SelectMany(s => s.Events).Select(e => e.EventId), tail.Events.Select(e => e.EventId));
    }

    [Fact]
    public async Task A_rehearsal_meets_every_obstacle_that_the_append_would_meet()
    {
        var (stream, key) = (await StreamAtAsync(2), NewKey());
        await StoredAsync(new AppendUnit { Rows = [Sample.Name(key)], Watermarks = [Sample.Move(key, 0, 7)], Claim = Sample.Claim(key) });
        var stored = Sample.Unit(Sample.Stream(), ExpectedVersion.None);
        var at = await StoredAsync(stored);

        async Task<AppendResult> RehearseAsync(AppendUnit unit) => await Store.RehearseAsync(unit, Cancel);

        Assert.Equal(
            new AppendResult.Conflict(stream, ExpectedVersion.Exactly(1), 2),
            await RehearseAsync(Sample.Unit(stream, ExpectedVersion.Exactly(1))));
        Assert.Equal(
            new AppendResult.WatermarkMoved(Sample.Move(key, 0, 9), 7),
            await RehearseAsync(new AppendUnit { Watermarks = [Sample.Move(key, 0, 9)] }));
        var claimed = Assert.IsType<AppendResult.AlreadyClaimed>(await RehearseAsync(new AppendUnit { Claim = Sample.Claim(key) }));
        Assert.Equal(key, claimed.Existing.Key);
        var repeated = Assert.IsType<AppendResult.Repeated>(await RehearseAsync(stored));
        Assert.Equal((at.FirstPosition, at.LastPosition), (repeated.FirstPosition, repeated.LastPosition));
        await Assert.ThrowsAsync<StoreRejectedException>(() => RehearseAsync(Sample.Unit() with { Rows = [Sample.Name(key)] }));
        await Assert.ThrowsAsync<ArgumentException>(
            () => RehearseAsync(Sample.Unit(Sample.Append(stream, ExpectedVersion.Any), Sample.Append(stream, ExpectedVersion.Any))));
        Assert.Equal(at.LastPosition, await Store.LastPositionAsync(Cancel));
    }

    [Fact]
    public async Task Rehearsals_beside_appends_hinder_none_and_take_no_position()
    {
        var streams = Enumerable.Range(0, 40).Select(_ => Sample.Stream()).ToList();
        var before = await Store.LastPositionAsync(Cancel);

        var results = await Task.WhenAll(streams.Select((stream, i) => Task.Run(() => i % 2 == 0
            ? Store.RehearseAsync(Sample.Unit(stream, ExpectedVersion.None, 3), Cancel)
            : Store.AppendAsync(Sample.Unit(stream, ExpectedVersion.None, 3), Cancel))));

        Assert.All(results, r => Assert.IsType<AppendResult.Appended>(r));
        var log = await LogAfterAsync(before);
        AssertGapless(before, log);
        Assert.Equal(60, log.Count);
        Assert.Equal(
            streams.Where((_, i) => i % 2 == 1).Select(s => s.ToString()).Order(), log.Select(e => e.Stream.ToString()).Distinct().Order());
    }
}
