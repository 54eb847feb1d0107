using System.Collections.Concurrent;
using IntegrationTests.Standalone;
using Microsoft.Extensions.Logging.Abstractions;
using Payments.EventStore.Contract;
using Payments.EventStore.Subscriptions;
using UnitTests.Randomness;

namespace IntegrationTests.EventStore.Subscriptions;

/// <summary>What subscriptions do, on any store: each store runs all of it.</summary>
public abstract class SubscriptionContract
{
    private const string Wanted = "wallet.opened.v1";
    private const string Unwanted = "wallet.deposited.v1";

    private protected static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected abstract IEventStore Store { get; }

    protected abstract ICheckpoints Checkpoints { get; }

    protected abstract ILeadership Leadership { get; }

    /// <summary>For the tests' own looks at how a subscription is doing, which must not break with what they break.</summary>
    protected virtual ICheckpoints Looks => Checkpoints;

    [Fact]
    public async Task Whatever_breaks_nothing_is_missed_and_what_is_repeated_begins_at_the_checkpoint()
    {
        var random = Seed.NewRandom();
        var start = await Store.LastPositionAsync(Cancel);
        var name = NewName();
        var handled = new ConcurrentQueue<long>();
        var breakdowns = 0;
        SubscriptionDefinition Definition(int batchMax, Random chance) => new()
        {
            Name = name,
            Filter = new EventFilter { Types = [Wanted] },
            BatchMax = batchMax,
            Effects = SubscriptionEffects.Outside(Checkpoints, async (events, cancel) =>
            {
                var checkpoint = (await Checkpoints.ReadAsync(name, 1, cancel)).Position;
                Assert.All(events, e => Assert.True(e.Position > checkpoint));
                var before = chance.Next(5) == 0;
                if (before || chance.Next(5) == 0)
                {
                    Interlocked.Increment(ref breakdowns);
                    Record(before ? [] : events);
                    throw new InvalidOperationException("A handler breaks.");
                }

                Record(events);
            }),
        };
        void Record(IEnumerable<StoredEvent> events)
        {
            foreach (var e in events)
            {
                handled.Enqueue(e.Position);
            }
        }

        var appending = Task.Run(async () =>
        {
            var chance = new Random(random.Next());
            for (var i = 0; i < 120; i++)
            {
                await AppendAsync(chance.Next(1, 20), i % 3 == 0 ? Unwanted : Wanted);
            }
        });
        for (var run = 0; run < 6; run++)
        {
            var worker = Worker(Definition(random.Next(1, 60), new Random(random.Next())));
            await worker.StartAsync(Cancel);
            await Task.Delay(random.Next(1, 150), Cancel);
            await worker.StopAsync(Cancel);
        }

        await appending;
        using (var last = Worker(Definition(50, new Random(random.Next()))))
        {
            await last.StartAsync(Cancel);
            await UntilPositionAsync(name, await Store.LastPositionAsync(Cancel));
            await last.StopAsync(Cancel);
        }

        var log = await Store.ReadAllAsync(start, int.MaxValue, new EventFilter { Types = [Wanted] }, Cancel);
        Assert.True(breakdowns > 0);
        Assert.Equal(log.Select(e => e.Position), handled.Where(p => p > start).Distinct());
    }

    [Fact]
    public async Task The_checkpoint_passes_over_what_is_not_wanted_both_behind_and_live()
    {
        var name = NewName();
        await AppendAsync(30, Unwanted);
        using var worker = Worker(new SubscriptionDefinition
        {
            Name = name,
            Filter = new EventFilter { Types = ["nothing.like.this"] },
            BatchMax = 7,
            Effects = SubscriptionEffects.Outside(Checkpoints, (_, _) => throw new InvalidOperationException("Nothing was wanted.")),
        });
        await worker.StartAsync(Cancel);
        await UntilPositionAsync(name, await Store.LastPositionAsync(Cancel));
        await Wait.UntilAsync(() => worker.State == SubscriptionState.Live, Deadline);

        await AppendAsync(30, Unwanted);
        await UntilPositionAsync(name, await Store.LastPositionAsync(Cancel));
        await worker.StopAsync(Cancel);
    }

    [Fact]
    public async Task Of_many_workers_of_one_name_one_works_and_the_next_goes_on_where_it_stopped()
    {
        var name = NewName();
        var (atWork, most, handled) = (0, 0, new ConcurrentQueue<long>());
        var workers = Enumerable.Range(0, 3).Select(_ => Worker(new SubscriptionDefinition
        {
            Name = name,
            BatchMax = 5,
            Effects = SubscriptionEffects.Outside(Checkpoints, async (events, _) =>
            {
                most = Math.Max(most, Interlocked.Increment(ref atWork));
                await Task.Yield();
                foreach (var e in events)
                {
                    handled.Enqueue(e.Position);
                }

                Interlocked.Decrement(ref atWork);
            }),
        })).ToList();
        foreach (var worker in workers)
        {
            await worker.StartAsync(Cancel);
        }

        while (workers.Count > 0)
        {
            await AppendAsync(40, Wanted);
            await UntilPositionAsync(name, await Store.LastPositionAsync(Cancel));
            var leader = Assert.Single(workers, w => w.State != SubscriptionState.Waiting);
            await leader.StopAsync(Cancel);
            workers.Remove(leader);
            leader.Dispose();
            await Wait.UntilAsync(() => workers.Count == 0 || workers.Any(w => w.State == SubscriptionState.Live), Deadline);
        }

        Assert.Equal(1, most);
        Assert.Equal((await Store.ReadAllAsync(0, int.MaxValue, EventFilter.None, Cancel)).Select(e => e.Position), handled);
    }

    [Fact]
    public async Task A_handler_that_fails_shows_its_error_and_goes_on_with_the_same_batch_when_it_is_mended()
    {
        var name = NewName();
        var start = await Store.LastPositionAsync(Cancel);
        await AppendAsync(3, Wanted);
        var mended = false;
        var handled = new ConcurrentQueue<long>();
        using var worker = Worker(new SubscriptionDefinition
        {
            Name = name,
            Effects = SubscriptionEffects.Outside(Checkpoints, (events, _) =>
            {
                if (!Volatile.Read(ref mended) && events.Any(e => e.Position > start))
                {
                    throw new FormatException("What is this?");
                }

                foreach (var e in events)
                {
                    handled.Enqueue(e.Position);
                }

                return Task.CompletedTask;
            }),
        });
        await worker.StartAsync(Cancel);

        var failing = await StatusAsync(name, s => s.Failures > 2);
        Assert.Equal((SubscriptionState.Retrying, "FormatException: What is this?"), (failing.State, failing.Error));
        Assert.True(failing.Lag > 0);
        Assert.True(failing.HasWorker);

        Volatile.Write(ref mended, true);
        var well = await StatusAsync(name, s => s.State == SubscriptionState.Live && s.Lag == 0);
        Assert.Equal((0, null), (well.Failures, well.Error));
        await worker.StopAsync(Cancel);
        Assert.Equal((await Store.ReadAllAsync(0, int.MaxValue, EventFilter.None, Cancel)).Select(e => e.Position), handled);
    }

    [Fact]
    public async Task A_paused_subscription_handles_nothing_until_it_is_resumed_also_by_a_new_worker()
    {
        var name = NewName();
        var handled = 0;
        SubscriptionDefinition definition = new()
        {
            Name = name,
            Effects = SubscriptionEffects.Outside(Checkpoints, (events, _) =>
            {
                Interlocked.Add(ref handled, events.Count);
                return Task.CompletedTask;
            }),
        };
        using (var first = Worker(definition))
        {
            await first.StartAsync(Cancel);
            await StatusAsync(name, s => s.State == SubscriptionState.Live);
            Assert.True(await Checkpoints.SetPausedAsync(name, paused: true, Cancel));
            var before = handled;
            await AppendAsync(4, Wanted);
            await Wait.UntilAsync(() => first.State == SubscriptionState.Paused, Deadline);
            Assert.Equal(before, handled);
            await first.StopAsync(Cancel);
        }

        using var second = Worker(definition);
        await second.StartAsync(Cancel);
        await Wait.UntilAsync(() => second.State == SubscriptionState.Paused, Deadline);
        Assert.Equal((SubscriptionState.Paused, 4L), (await StatusAsync(name, _ => true)) is var s ? (s.State, s.Lag) : default);

        Assert.True(await Checkpoints.SetPausedAsync(name, paused: false, Cancel));
        await UntilPositionAsync(name, await Store.LastPositionAsync(Cancel));
        Assert.Equal(await Store.LastPositionAsync(Cancel), handled);
        Assert.False(await Checkpoints.SetPausedAsync("nobody", paused: true, Cancel));
        await second.StopAsync(Cancel);
    }

    private protected static string NewName() => $"test-{Guid.NewGuid():N}";

    private protected SubscriptionWorker Worker(SubscriptionDefinition definition, ILeadership? leadership = null) => new(
        Store, Checkpoints, leadership ?? Leadership, definition,
        TimeProvider.System, Seed.NewRandom(), NullLogger<SubscriptionWorker>.Instance);

    private protected async Task AppendAsync(int count, string type) => Assert.IsType<AppendResult.Appended>(await Store.AppendAsync(
        Sample.Unit(
            new StreamAppend(Sample.Stream(), ExpectedVersion.None, [.. Enumerable.Range(0, count).Select(_ => Sample.Event(type))])),
        Cancel));

    private protected Task UntilPositionAsync(string name, long position) => StatusAsync(name, s => s.Position >= position);

    private protected async Task<SubscriptionStatus> StatusAsync(string name, Func<SubscriptionStatus, bool> until)
    {
        var waiting = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            var status = (await Looks.ListAsync(Cancel)).SingleOrDefault(s => s.Name == name);
            if (status is not null && until(status))
            {
                return status;
            }

            Assert.True(waiting.Elapsed < Deadline, $"Still {status}.");
            await Task.Delay(20, Cancel);
        }
    }
}
