using IntegrationTests.Standalone;
using Payments.Domain;
using Payments.EventStore.Aggregates;
using Payments.EventStore.Contract;
using UnitTests.Randomness;

namespace IntegrationTests.EventStore;

public abstract partial class EventStoreContract
{
    private static readonly Cause Someone = new(Guid.CreateVersion7(), null, "tests", null);

    [Fact]
    public async Task A_state_is_loaded_from_its_snapshot_and_the_events_after_it()
    {
        var definition = Tally.Definition(snapshotEvery: 10);
        var stream = await TallyAsync(Tally.Definition(snapshotEvery: null), [.. Enumerable.Range(1, 25).Select(i => (long)i)]);

        // A lie in the snapshot shows that it was used, and only for what it covers.
        await Store.SaveSnapshotsAsync([new(stream, 21, Tally.SnapshotSchema, """{"total":1000,"count":21}"""u8.ToArray())], Cancel);
        var loaded = (await new Aggregates<Tally, long>(Store, definition).LoadAsync([stream], Cancel))[stream];

        Assert.Equal(new Versioned<Tally>(new Tally(1_000 + 22 + 23 + 24 + 25, 25), 25), loaded);
    }

    [Fact]
    public async Task A_snapshot_is_taken_each_time_a_stream_has_grown_by_the_interval()
    {
        var definition = Tally.Definition(snapshotEvery: 10);
        var stream = await TallyAsync(definition, [.. Enumerable.Repeat(1L, 9)]);
        Assert.Null(await Store.FindSnapshotAsync(stream, Tally.SnapshotSchema, Cancel));

        var aggregates = new Aggregates<Tally, long>(Store, definition);
        await AddAsync(aggregates, definition, stream, 1);
        await SnapshotAsync(stream, 10);
        await AddAsync(aggregates, definition, stream, [.. Enumerable.Repeat(1L, 25)]);

        Assert.Equal("""{"count":35,"total":35}""", Compact((await SnapshotAsync(stream, 35)).State));
    }

    [Fact]
    public async Task A_long_stream_without_a_snapshot_gets_one_when_it_is_loaded()
    {
        var stream = await TallyAsync(Tally.Definition(snapshotEvery: null), [.. Enumerable.Repeat(2L, 1_500)]);

        await new Aggregates<Tally, long>(Store, Tally.Definition(snapshotEvery: 100)).LoadAsync([stream], Cancel);

        Assert.Equal("""{"count":1500,"total":3000}""", Compact((await SnapshotAsync(stream, 1_500)).State));
    }

    [Fact]
    public async Task A_state_folded_over_a_gap_is_refused()
    {
        var definition = Tally.Definition(snapshotEvery: 10);
        var stream = await TallyAsync(definition, [.. Enumerable.Repeat(1L, 5)]);
        var events = await Store.ReadStreamAsync(stream, VersionRange.All, 10, Cancel);

        Assert.Equal(2, Assert.Throws<StreamArchivedException>(() => definition.Fold(default, events.Skip(1))).FirstVersionFound);
        Assert.Equal(5, definition.Fold(new(new Tally(3, 3), 3), events).State!.Total);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(10)]
    public async Task The_state_at_every_version_and_moment_is_the_fold_of_the_events_until_then(int? snapshotEvery)
    {
        var random = Seed.NewRandom();
        var definition = Tally.Definition(snapshotEvery);
        var stream = definition.Stream(Guid.CreateVersion7());
        var aggregates = new Aggregates<Tally, long>(Store, definition);
        while (await Store.StreamVersionAsync(stream, Cancel) < 30)
        {
            await AddAsync(
                aggregates, definition, stream,
                [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.NextInt64(-100, 100))]);
            Clock.Now += TimeSpan.FromMinutes(random.Next(0, 3));
        }

        var travel = new TimeTravel<Tally, long>(Store, definition);
        var events = await Store.ReadStreamAsync(stream, VersionRange.All, 100, Cancel);
        foreach (var version in Enumerable.Range(0, events.Count + 1))
        {
            Assert.Equal(Fold(events.Take(version)), await travel.StateAsync(stream, new Moment.Version(version), Cancel));
        }

        foreach (var at in
            events.SelectMany(e => new[] { e.RecordedAt.AddTicks(-10), e.RecordedAt, e.RecordedAt.AddSeconds(59) }).Distinct())
        {
            Assert.Equal(Fold(events.Where(e => e.RecordedAt <= at)), await travel.StateAsync(stream, new Moment.Time(at), Cancel));
        }

        Assert.Equal(Fold(events), await travel.StateAsync(stream, Moment.Now, Cancel));

        PastState<Tally> Fold(IEnumerable<StoredEvent> until) => until.Aggregate(
            new PastState<Tally>(null, 0, null),
            (past, e) => new(definition.Evolve(past.State, definition.Decode(e)), e.StreamVersion, e.RecordedAt));
    }

    [Fact]
    public async Task Two_hundred_commands_at_once_on_one_stream_in_two_processes_are_all_obeyed_once()
    {
        var definition = Tally.Definition(snapshotEvery: 10);
        var stream = definition.Stream(Guid.CreateVersion7());
        var handlers = Enumerable.Range(0, 2)
            .Select(_ => new CommandHandler<Tally, long>(Store, new Aggregates<Tally, long>(Store, definition), definition, Clock))
            .ToList();

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(() => handlers[i % 2].HandleAsync(
            new(stream, Someone, (_, _) => new Decision<long>.Accepted([1L])), Cancel))));

        Assert.Equal(
            Enumerable.Range(1, 200).Select(v => (long)v),
            outcomes.Cast<CommandOutcome<Tally>.Done>().Select(o => o.Version).Order());
        Assert.Equal(200, (await new Aggregates<Tally, long>(Store, definition).LoadAsync([stream], Cancel))[stream].State!.Total);
    }

    [Fact]
    public async Task A_command_that_always_finds_another_writer_before_it_is_given_up_and_has_no_effect()
    {
        var definition = Tally.Definition(snapshotEvery: null);
        var stream = definition.Stream(Guid.CreateVersion7());
        var handler = new CommandHandler<Tally, long>(Store, new Aggregates<Tally, long>(Store, definition), definition, Clock);
        var attempts = 0;

        await Assert.ThrowsAsync<StoreUnavailableException>(() => handler.HandleAsync(
            new(stream, Someone, (state, _) =>
            {
                Assert.Equal(attempts++, state?.Total ?? 0); // Decided on what the other has just written.
                AddAsync(new Aggregates<Tally, long>(Store, definition), definition, stream, 1).GetAwaiter().GetResult();
                return new Decision<long>.Accepted([1_000L]);
            }),
            Cancel));

        Assert.Equal(Appender<Tally, long>.AttemptsMax, attempts);
        Assert.Equal(
            new Versioned<Tally>(new Tally(100, 100), 100),
            (await new Aggregates<Tally, long>(Store, definition).LoadAsync([stream], Cancel))[stream]);
    }

    private async Task<StreamId> TallyAsync(AggregateDefinition<Tally, long> definition, params long[] amounts)
    {
        var stream = definition.Stream(Guid.CreateVersion7());
        await AddAsync(new Aggregates<Tally, long>(Store, definition), definition, stream, amounts);
        return stream;
    }

    private async Task AddAsync(
        Aggregates<Tally, long> aggregates, AggregateDefinition<Tally, long> definition, StreamId stream, params long[] amounts)
    {
        var change = new Change<Tally, long>(definition, stream, (await aggregates.LoadAsync([stream], Cancel))[stream]);
        change.Add(amounts, Someone, Clock.Now);
        await StoredAsync(Sample.Unit(change.ToAppend()));
        aggregates.Keep([KeyValuePair.Create(stream, change.After)]);
    }

    // They are taken in the background.
    private async Task<Snapshot> SnapshotAsync(StreamId stream, long version)
    {
        await Wait.UntilAsync(
            () => Store.FindSnapshotAsync(stream, Tally.SnapshotSchema, Cancel).GetAwaiter().GetResult()?.Version == version, Deadline);
        return (await Store.FindSnapshotAsync(stream, Tally.SnapshotSchema, Cancel))!;
    }
}
