using Payments.EventStore.Projections;
using Payments.EventStore.Subscriptions;
using UnitTests.Randomness;

namespace IntegrationTests.EventStore.Projections;

/// <summary>Asynchronous projections and what operators do with them. Each test has a database of its own.</summary>
public sealed class ProjectionTests(PostgresFixture postgres) : IAsyncLifetime
{
    private static readonly RebuildLimits Small = new(Stretch: 200, SwitchAtMost: 20);

    private readonly ProjectionDatabase _projections = new(postgres);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _projections.InitializeAsync();

    public ValueTask DisposeAsync() => _projections.DisposeAsync();

    [Fact]
    public async Task A_projection_follows_the_log_and_two_hosts_of_it_do_it_once()
    {
        var random = Seed.NewRandom();
        await _projections.AppendAsync(random, 20);
        using var here = _projections.Host(Small, ProjectionDatabase.Sums());
        using var there = _projections.Host(Small, ProjectionDatabase.Sums());
        await here.StartAsync(Cancel);
        await there.StartAsync(Cancel);
        await _projections.AppendAsync(random, 40);

        var status = await _projections.StatusAsync(s => s.Lag == 0 && s.State == SubscriptionState.Live);

        Assert.Equal(
            new ProjectionStatus(
                "sums", false, 1, SubscriptionState.Live, status.LastPosition, await _projections.Store.LastPositionAsync(Cancel),
                null, null, null),
            status);
        await here.StopAsync(Cancel);
        await _projections.AppendAsync(random, 10);
        await _projections.StatusAsync(s => s.Lag == 0);
        await there.StopAsync(Cancel);
        await _projections.AssertSumsAsync();
    }

    [Fact]
    public async Task A_rebuild_under_load_ends_with_what_the_log_says_and_readers_always_see_whole_tables()
    {
        var random = Seed.NewRandom();
        await _projections.AppendAsync(random, 60);
        using var host = _projections.Host(Small, ProjectionDatabase.Sums());
        await host.StartAsync(Cancel);
        await _projections.StatusAsync(s => s.Lag == 0);
        await _projections.Database.ExecuteAsync("update sums set total = total + 1; analyze sums");

        using var enough = new CancellationTokenSource();
        var appending = Task.Run(async () =>
        {
            while (!enough.IsCancellationRequested)
            {
                await _projections.AppendAsync(random, 5);
            }
        });
        var reading = Task.Run(async () =>
        {
            var (reads, events) = (0, 0L);
            while (!enough.IsCancellationRequested)
            {
                // Both tables in one statement: a switch seen half would show here.
                var seen = Assert.Single(await _projections.Database.QueryAsync<long[]>(
                    "select array[(select coalesce(sum(events), 0) from sums)::bigint, (select events from sums_of_all)]"));
                Assert.Equal(seen[0], seen[1]);
                Assert.True(seen[0] >= events, $"{events} events were there, then {seen[0]}.");
                (reads, events) = (reads + 1, seen[0]);
            }

            return reads;
        });

        for (var rebuild = 1; rebuild <= 3; rebuild++)
        {
            var before = (await _projections.StatusAsync(_ => true)).RebuiltAt;
            Assert.Equal(ProjectionAnswer.Accepted, await _projections.Control.RebuildAsync("sums", Cancel));
            var done = await _projections.StatusAsync(s => s.Rebuild is null || s.Rebuild.Error is not null);
            Assert.Null(done.Rebuild);
            Assert.True(done.RebuiltAt > (before ?? DateTimeOffset.MinValue));
        }

        await enough.CancelAsync();
        await appending;
        Assert.True(await reading > 10);
        await _projections.StatusAsync(s => s.Lag == 0);
        await host.StopAsync(Cancel);
        await _projections.AssertSumsAsync();
        Assert.Equal(
            ["fillfactor=60"],
            await _projections.Database.QueryAsync<string>("select unnest(reloptions) from pg_class where relname = 'sums'"));
        Assert.Empty(
            await _projections.Database.QueryAsync<string>("select nspname::text from pg_namespace where nspname like 'projection%'"));
    }

    [Fact]
    public async Task A_rebuild_that_crashes_again_and_again_goes_on_and_never_switches_half()
    {
        var random = Seed.NewRandom();
        await _projections.AppendAsync(random, 80);
        using (var host = _projections.Host(Small, ProjectionDatabase.Sums()))
        {
            await host.StartAsync(Cancel);
            await _projections.StatusAsync(s => s.Lag == 0);
            await host.StopAsync(Cancel);
        }

        await _projections.Database.ExecuteAsync("update sums set total = total + 1");
        Assert.Equal(ProjectionAnswer.Accepted, await _projections.Control.RebuildAsync("sums", Cancel));
        var (runs, done, positions) = (0, false, new List<long>());
        while (!done)
        {
            Assert.True(++runs < 200);
            var folds = random.Next(1, 4);
            var killAtFold = random.Next(2) == 0;
            var projection = ProjectionDatabase.Sums(onFold: () =>
            {
                if (--folds == 0)
                {
                    if (killAtFold)
                    {
                        _projections.Database.KillConnectionsAsync("COMMIT%").Wait(Cancel);
                        _projections.Database.KillConnectionsAsync("%set rebuild_position = $4%").Wait(Cancel);
                    }
                    else
                    {
                        throw new InvalidOperationException("The process dies.");
                    }
                }
            });
            try
            {
                var source = _projections.Database.Source;
                done = await new RebuildRun(projection, _projections.Store, source, Small, TimeProvider.System, _ => { }).RunAsync(Cancel);
            }
            catch (Exception broken) when (broken is InvalidOperationException or Npgsql.NpgsqlException)
            {
                Assert.Equal([100L], await _projections.Database.QueryAsync<long>("select count(*) from sums"));
                positions.Add((await _projections.StatusAsync(_ => true)).Rebuild!.Position ?? 0);
                await _projections.AppendAsync(random, runs < 10 ? 2 : 0);
            }
        }

        Assert.True(runs > 3);
        Assert.Equal(positions.Order(), positions);
        using var live = _projections.Host(Small, ProjectionDatabase.Sums());
        await live.StartAsync(Cancel);
        await _projections.StatusAsync(s => s is { Lag: 0, Rebuild: null });
        await live.StopAsync(Cancel);
        await _projections.AssertSumsAsync();
    }

    [Fact]
    public async Task An_index_that_comes_while_a_rebuild_runs_is_on_the_new_tables_too()
    {
        await _projections.AppendAsync(Seed.NewRandom(), 10);
        using var hold = new ManualResetEventSlim(initialState: true);
        using var host = _projections.Host(Small, ProjectionDatabase.Sums(onFold: () => hold.Wait(Cancel)));
        await host.StartAsync(Cancel);
        await _projections.StatusAsync(s => s.Lag == 0);
        hold.Reset();
        await _projections.Control.RebuildAsync("sums", Cancel);
        await _projections.StatusAsync(s => s.Rebuild is { Position: 0, StartedAt: not null });
        await _projections.Database.ExecuteAsync("create unique index sums_by_events on sums (events, lower(stream)) where total > 0");
        hold.Set();
        await _projections.StatusAsync(s => s.RebuiltAt is not null);
        await host.StopAsync(Cancel);

        Assert.Equal(
            ["CREATE UNIQUE INDEX", "USING btree (events, lower(stream)) WHERE (total > 0)"],
            (await _projections.Database.QueryAsync<string>(
                "select pg_get_indexdef(indexrelid) from pg_index where indrelid = 'sums'::regclass and indpred is not null"))
            .SelectMany(text => new[] { text[..19], text[text.IndexOf("USING", StringComparison.Ordinal)..] }));
    }

    [Fact]
    public async Task A_second_rebuild_is_refused_while_one_runs_and_a_rebuild_can_be_given_up()
    {
        await _projections.AppendAsync(Seed.NewRandom(), 10);
        using var hold = new ManualResetEventSlim(initialState: true);
        using var host = _projections.Host(Small, ProjectionDatabase.Sums(onFold: () => hold.Wait(Cancel)));
        await host.StartAsync(Cancel);
        await _projections.StatusAsync(s => s.Lag == 0);

        hold.Reset();
        Assert.Equal(ProjectionAnswer.Accepted, await _projections.Control.RebuildAsync("sums", Cancel));
        Assert.Equal(ProjectionAnswer.RebuildRunning, await _projections.Control.RebuildAsync("sums", Cancel));
        await _projections.StatusAsync(s => s.Rebuild is { Position: 0, StartedAt: not null });
        Assert.Equal(ProjectionAnswer.Accepted, await _projections.Control.CancelRebuildAsync("sums", Cancel));
        Assert.Equal(ProjectionAnswer.NoRebuild, await _projections.Control.CancelRebuildAsync("sums", Cancel));
        Assert.Equal(ProjectionAnswer.NoSuchProjection, await _projections.Control.RebuildAsync("nothing", Cancel));
        Assert.Equal(ProjectionAnswer.NoSuchProjection, await _projections.Control.PauseAsync("nothing", Cancel));
        Assert.Empty(
            await _projections.Database.QueryAsync<string>("select nspname::text from pg_namespace where nspname like 'projection%'"));
        hold.Set();

        Assert.Equal(ProjectionAnswer.Accepted, await _projections.Control.RebuildAsync("sums", Cancel));
        await _projections.StatusAsync(s => s.RebuiltAt is not null);
        await host.StopAsync(Cancel);
        await _projections.AssertSumsAsync();
    }

    [Fact]
    public async Task A_pause_holds_over_restarts_and_a_resumption_from_another_process_ends_it()
    {
        var random = Seed.NewRandom();
        using (var host = _projections.Host(Small, ProjectionDatabase.Sums()))
        {
            await host.StartAsync(Cancel);
            await _projections.StatusAsync(s => s.State == SubscriptionState.Live);
            Assert.Equal(ProjectionAnswer.Accepted, await _projections.Control.PauseAsync("sums", Cancel));
            await _projections.AppendAsync(random, 5);
            await host.StopAsync(Cancel);
        }

        using var restarted = _projections.Host(Small, ProjectionDatabase.Sums());
        await restarted.StartAsync(Cancel);
        var paused = await _projections.StatusAsync(s => s.State == SubscriptionState.Paused);
        Assert.Equal((0L, await _projections.Store.LastPositionAsync(Cancel)), (paused.Position, paused.Lag));
        Assert.Empty(await _projections.Database.QueryAsync<string>("select stream from sums"));

        Assert.Equal(ProjectionAnswer.Accepted, await _projections.Control.ResumeAsync("sums", Cancel));
        await _projections.StatusAsync(s => s.Lag == 0);
        await restarted.StopAsync(Cancel);
        await _projections.AssertSumsAsync();
    }

    [Fact]
    public async Task A_new_version_rebuilds_by_itself_while_the_old_one_serves_and_only_the_new_one_writes_afterwards()
    {
        var random = Seed.NewRandom();
        await _projections.AppendAsync(random, 30);
        using var old = _projections.Host(Small, ProjectionDatabase.Sums());
        await old.StartAsync(Cancel);
        await _projections.StatusAsync(s => s.Lag == 0);

        using var young = _projections.Host(Small, ProjectionDatabase.Sums(version: 2, factor: 10));
        await young.StartAsync(Cancel);
        await _projections.AppendAsync(random, 10);
        await _projections.StatusAsync(s => s is { Version: 2, Rebuild: null });
        await _projections.AppendAsync(random, 10);
        await _projections.StatusAsync(s => s.Lag == 0);
        await old.StopAsync(Cancel);
        await young.StopAsync(Cancel);
        await _projections.AssertSumsAsync(factor: 10);
    }

    [Fact]
    public async Task A_rebuild_that_would_touch_another_table_shows_an_error_and_touches_nothing()
    {
        await _projections.AppendAsync(Seed.NewRandom(), 2);
        var sneaky = ProjectionDatabase.Sums() with { Fold = _ => [new("elsewhere", "{}"u8.ToArray())] };
        using var host = _projections.Host(Small, sneaky);
        await host.StartAsync(Cancel);
        await _projections.StatusAsync(s => s.Lag == 0);
        var before = await _projections.Database.QueryAsync<long>("select count(*) from somewhere_else");

        await _projections.Control.RebuildAsync("sums", Cancel);

        var failing = await _projections.StatusAsync(s => s.Rebuild?.Error is not null);
        Assert.Contains("somewhere_else", failing.Rebuild!.Error, StringComparison.Ordinal);
        await host.StopAsync(Cancel);
        Assert.Equal(before, await _projections.Database.QueryAsync<long>("select count(*) from somewhere_else"));
    }

    [Fact]
    public async Task A_log_without_its_beginning_is_not_rebuilt_from()
    {
        await _projections.AppendAsync(Seed.NewRandom(), 3);
        using var host = _projections.Host(Small, ProjectionDatabase.Sums());
        await host.StartAsync(Cancel);
        await _projections.StatusAsync(s => s.Lag == 0);
        await _projections.Database.ExecuteAsync("delete from events where position <= 2");

        await _projections.Control.RebuildAsync("sums", Cancel);

        var failing = await _projections.StatusAsync(s => s.Rebuild?.Error is not null);
        Assert.Equal(
            "InvalidOperationException: The log begins at position 3 here: bring the archived months back first.",
            failing.Rebuild!.Error);
        await host.StopAsync(Cancel);
    }
}
