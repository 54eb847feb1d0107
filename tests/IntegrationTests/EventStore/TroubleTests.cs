using IntegrationTests.Standalone;
using Payments.EventStore.Contract;
using Payments.EventStore.Postgres;

namespace IntegrationTests.EventStore;

/// <summary>What callers see when connections break, content is refused late, or the store is closed.</summary>
public sealed class TroubleTests(EventStoreDatabase database) : IClassFixture<EventStoreDatabase>, IDisposable
{
    private const string Append = "%append_units(%";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    // The next test gets no connection that this one has killed.
    public void Dispose() => database.Source.Clear();

    [Fact]
    public async Task Killed_connections_lose_no_acknowledged_unit_halve_none_and_leave_no_gap()
    {
        await using var store = database.OpenStore();
        var before = await store.LastPositionAsync(Cancel);
        var (attempts, killed, stop) = (new List<Attempt>[16], 0, false);
        var writers = Enumerable.Range(0, 16).Select(i => Task.Run(async () =>
        {
            var mine = attempts[i] = [];
            while (!Volatile.Read(ref stop))
            {
                mine.Add(await TryAsync(store));
            }
        })).ToList();
        await Wait.UntilAsync(
            () =>
            {
                killed += database.KillConnectionsAsync(Append).GetAwaiter().GetResult();
                return killed >= 10;
            },
            Deadline);
        Volatile.Write(ref stop, true);
        await Task.WhenAll(writers);

        var all = attempts.SelectMany(a => a).ToList();
        var log = (await store.ReadAllAsync(before, int.MaxValue, EventFilter.None, Cancel)).ToLookup(e => e.Stream);
        EventStoreContract.AssertGapless(before, log.SelectMany(e => e).OrderBy(e => e.Position));
        Assert.Contains(all, a => a.Acknowledged is null);
        foreach (var (first, second, acknowledged) in all)
        {
            Assert.Equal(log[first].Count(), log[second].Count());
            if (acknowledged is { } unit)
            {
                Assert.Equal([unit.FirstPosition, unit.LastPosition], log[first].Concat(log[second]).Select(e => e.Position));
            }
        }

        // The last connection may have been killed after its last append.
        await Wait.UntilAsync(() => TryAsync(store).GetAwaiter().GetResult().Acknowledged is not null, Deadline);
    }

    [Fact]
    public async Task After_the_server_has_dropped_an_idle_store_the_next_append_goes_through()
    {
        await using var store = database.OpenStore();
        await using var tail = new TailReader(store, 0, batchMax: 1_000);
        var first = Assert.IsType<AppendResult.Appended>(await store.AppendAsync(Sample.Unit(), Cancel));
        await tail.UntilAsync(first.LastPosition, Deadline);
        await Wait.UntilAsync(() => Listeners().Count == 1, Deadline);
        var before = Listeners().Single();

        await database.KillConnectionsAsync("%");
        await Wait.UntilAsync(() => Listeners() is [var after] && after != before, Deadline);

        Assert.IsType<AppendResult.Appended>(await store.AppendAsync(Sample.Unit(), Cancel));

        List<int> Listeners() => database.QueryAsync<int>(
            "select pid from pg_stat_activity where datname = current_database() and query = 'listen appended'").GetAwaiter().GetResult();
    }

    [Fact]
    public async Task A_unit_that_only_the_commit_refuses_is_not_acknowledged()
    {
        await database.ExecuteAsync(
            """
            create table late_names (name text unique deferrable initially deferred);
            create function apply_late_names(rows jsonb) returns void language sql as
                $$ insert into late_names select r.name from jsonb_to_recordset(rows) as r (name text) $$;
            """);
        await using var store = database.OpenStore();
        AppendUnit Late() => Sample.Unit() with { Rows = [Sample.Name("same") with { Projection = "late_names" }] };

        await store.AppendAsync(Late(), Cancel);
        var last = await store.LastPositionAsync(Cancel);

        await Assert.ThrowsAsync<StoreRejectedException>(() => store.AppendAsync(Late(), Cancel));
        Assert.Equal(last, await store.LastPositionAsync(Cancel));
    }

    [Fact]
    public async Task Text_that_is_no_Unicode_is_refused_alone()
    {
        await using var store = database.OpenStore();
        var broken = Sample.Event() with { Metadata = new EventMetadata(Guid.NewGuid(), null, "\ud800", null, null) };
        var units = Enumerable.Range(0, 20).Select(i =>
            Sample.Unit(i == 7
                ? new StreamAppend(Sample.Stream(), ExpectedVersion.None, [broken])
                : Sample.Append(Sample.Stream(), ExpectedVersion.None)));

        var outcomes = await Task.WhenAll(units.Select(u =>
            Task.Run(async () => await Record.ExceptionAsync(() => store.AppendAsync(u, Cancel)))));

        Assert.IsType<StoreRejectedException>(Assert.Single(outcomes, o => o is not null));
    }

    [Fact]
    public async Task Closing_stores_what_was_accepted_and_refuses_the_rest()
    {
        var store = database.OpenStore();
        var before = await store.LastPositionAsync(Cancel);
        var accepted = Enumerable.Range(0, 2_000).Select(_ => store.AppendAsync(Sample.Unit(), Cancel)).ToList();

        await store.DisposeAsync();

        Assert.All(await Task.WhenAll(accepted), r => Assert.IsType<AppendResult.Appended>(r));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.AppendAsync(Sample.Unit(), Cancel));
        await using var other = database.OpenStore();
        Assert.Equal(before + 2_000, await other.LastPositionAsync(Cancel));
    }

    [Fact]
    public async Task An_append_that_is_under_way_tells_its_outcome_although_the_caller_cancels()
    {
        await using var store = database.OpenStore();
        using var caller = new CancellationTokenSource();
        var underWay = store.AppendAsync(Sample.Unit(), caller.Token);

        await caller.CancelAsync();

        Assert.IsType<AppendResult.Appended>(await underWay);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.AppendAsync(Sample.Unit(), caller.Token));
    }

    private static async Task<Attempt> TryAsync(PostgresEventStore store)
    {
        var (first, second) = (Sample.Stream(), Sample.Stream());
        try
        {
            var unit = Sample.Unit(Sample.Append(first, ExpectedVersion.None), Sample.Append(second, ExpectedVersion.None));
            return new Attempt(first, second, Assert.IsType<AppendResult.Appended>(await store.AppendAsync(unit, Cancel)));
        }
        catch (StoreUnavailableException)
        {
            return new Attempt(first, second, null);
        }
    }

    private sealed record Attempt(StreamId First, StreamId Second, AppendResult.Appended? Acknowledged);
}
