using Payments.EventStore.Contract;

namespace IntegrationTests.EventStore;

public abstract partial class EventStoreContract
{
    [Fact]
    public async Task Positions_have_no_gaps_and_are_handed_out_in_commit_order()
    {
        var before = await Store.LastPositionAsync(Cancel);

        var results = await AppendAllAtOnceAsync(
            Enumerable.Range(0, 200).Select(i => Sample.Unit(Sample.Stream(), ExpectedVersion.None, 1 + (i % 3))));

        var log = await LogAfterAsync(before);
        AssertGapless(before, log);
        Assert.Equal(
            log.GroupBy(e => e.Stream).Select(unit => (unit.First().Position, unit.Last().Position)).Order(),
            results.Cast<AppendResult.Appended>().Select(r => (r.FirstPosition, r.LastPosition)).Order());

        var later = await StoredAsync(Sample.Unit());
        Assert.Equal(log[^1].Position + 1, later.FirstPosition);
    }

    [Fact]
    public async Task Of_many_writers_at_one_version_exactly_one_wins_and_the_rest_are_told()
    {
        var stream = await StreamAtAsync(3);

        var results = await AppendAllAtOnceAsync(Enumerable.Repeat(0, 20).Select(_ => Sample.Unit(stream, ExpectedVersion.Exactly(3), 2)));

        Assert.Single(results.OfType<AppendResult.Appended>());
        Assert.Equal(
            Enumerable.Repeat(new AppendResult.Conflict(stream, ExpectedVersion.Exactly(3), 5), 19),
            results.OfType<AppendResult.Conflict>());
        Assert.Equal(5, await Store.StreamVersionAsync(stream, Cancel));
    }

    [Fact]
    public async Task Writers_of_one_stream_who_name_no_version_all_go_through_in_turn()
    {
        var stream = Sample.Stream();

        var results = await AppendAllAtOnceAsync(Enumerable.Repeat(0, 50).Select(_ => Sample.Unit(stream, ExpectedVersion.Any)));

        Assert.All(results, r => Assert.IsType<AppendResult.Appended>(r));
        Assert.Equal(
            Enumerable.Range(1, 50).Select(v => (long)v),
            (await Store.ReadStreamAsync(stream, VersionRange.All, 100, Cancel)).Select(e => e.StreamVersion));
    }

    [Fact]
    public async Task A_conflict_leaves_the_neighbours_in_the_same_transaction_alone()
    {
        var stale = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => StreamAtAsync(1)));
        var fresh = Enumerable.Range(0, 60).Select(_ => Sample.Stream()).ToList();
        var units = fresh.Select((stream, i) => i % 3 == 0
            ? Sample.Unit(Sample.Append(stream, ExpectedVersion.None), Sample.Append(stale[i / 3], ExpectedVersion.None))
            : Sample.Unit(stream, ExpectedVersion.None));

        var results = await AppendAllAtOnceAsync(units);

        for (var i = 0; i < results.Length; i++)
        {
            var conflicts = i % 3 == 0;
            Assert.Equal(conflicts ? typeof(AppendResult.Conflict) : typeof(AppendResult.Appended), results[i].GetType());
            Assert.Equal(conflicts ? 0 : 1, await Store.StreamVersionAsync(fresh[i], Cancel));
        }
    }

    [Fact]
    public async Task A_thousand_parallel_repeats_have_one_effect_and_one_answer()
    {
        var (key, stream) = (NewKey(), Sample.Stream());
        AppendUnit Attempt(int i) => new()
        {
            Streams = [Sample.Append(stream, ExpectedVersion.Any)],
            Claim = Sample.Claim(key, $$"""{"z": {{i}}, "a":1}"""),
        };

        var results = await AppendAllAtOnceAsync(Enumerable.Range(0, 1_000).Select(Attempt));

        var winner = Assert.Single(Enumerable.Range(0, 1_000), i => results[i] is AppendResult.Appended);
        var answers = results.OfType<AppendResult.AlreadyClaimed>().Select(r => Text(r.Existing.Answer)).ToList();
        Assert.Equal(Enumerable.Repeat($$"""{"z": {{winner}}, "a":1}""", 999), answers);
        Assert.Equal(answers[0], Text((await Store.FindClaimAsync("client", key, Cancel))!.Answer));
        Assert.Equal(1, await Store.StreamVersionAsync(stream, Cancel));
    }

    private static string Text(ReadOnlyMemory<byte> json) => System.Text.Encoding.UTF8.GetString(json.Span);
}
