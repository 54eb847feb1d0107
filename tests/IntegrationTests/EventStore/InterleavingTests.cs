using System.Collections.Concurrent;
using Npgsql;
using Payments.EventStore.Contract;
using Payments.EventStore.Postgres;
using UnitTests.Randomness;

namespace IntegrationTests.EventStore;

/// <summary>
/// Random writers and tailing readers on two stores of one database, whose connections are cut at random moments, and writers who then ask
/// again: whatever the interleaving, the log tells one consistent story.
/// </summary>
public sealed class InterleavingTests(EventStoreDatabase database) : IClassFixture<EventStoreDatabase>
{
    private const int Rounds = 5;
    private const int Writers = 12;
    private const int UnitsPerWriter = 25;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private int _outcomesUnknown;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_log_holds_exactly_the_acknowledged_units_and_every_tail_sees_all_of_it_once_in_order()
    {
        var random = Seed.NewRandom();
        var told = new List<AppendResult>();
        for (var round = 0; round < Rounds; round++)
        {
            told.AddRange(await RunAsync([.. Enumerable.Range(0, Writers).Select(_ => random.Next())]));
        }

        // It was not too quiet to show anything.
        Assert.True(_outcomesUnknown > 0);
        Assert.Equal(
            [nameof(AppendResult.AlreadyClaimed), nameof(AppendResult.Appended), nameof(AppendResult.Conflict)],
            told.Where(r => r is not AppendResult.Repeated).Select(r => r.GetType().Name).Distinct().Order(StringComparer.Ordinal));
    }

    private async Task<IEnumerable<AppendResult>> RunAsync(int[] seeds)
    {
        await using var here = database.OpenStore();
        await using var there = database.OpenStore();
        var start = await UntilReadAsync(() => here.LastPositionAsync(Cancel));
        var hot = Enumerable.Range(0, 4).Select(_ => Sample.Stream()).ToList();
        var keys = Enumerable.Range(0, 5).Select(_ => Guid.NewGuid().ToString("N")).ToList();
        var told = new ConcurrentBag<(AppendUnit Unit, AppendResult Result)>();
        await using var tailHere = new TailReader(here, start, batchMax: 13);
        await using var tailThere = new TailReader(there, start, batchMax: 200);

        using var done = new CancellationTokenSource();
        var saboteur = CutConnectionsAsync(new Random(seeds[0]), done.Token);
        await Task.WhenAll(seeds.Select((seed, i) => Task.Run(async () =>
        {
            var (random, store, beliefs) = (new Random(seed), i % 2 == 0 ? here : there, new Dictionary<StreamId, long>());
            for (var n = 0; n < UnitsPerWriter; n++)
            {
                var unit = RandomUnit(random, hot, keys, beliefs);
                var result = await UntilToldAsync(store, unit);
                told.Add((unit, result));
                Learn(beliefs, unit, result);
            }
        })));

        await done.CancelAsync();
        await saboteur;
        var log = await UntilReadAsync(() => here.ReadAllAsync(start, int.MaxValue, EventFilter.None, Cancel));
        AssertConsistent(start, log, told);
        foreach (var tail in new[] { tailHere, tailThere })
        {
            await tail.UntilAsync(log[^1].Position, Deadline);
            EventStoreContract.AssertSame(log, tail.Events);
        }

        return told.Select(t => t.Result);
    }

    // Between any two statements of theirs, and in the middle of them.
    private async Task CutConnectionsAsync(Random random, CancellationToken done)
    {
        while (!done.IsCancellationRequested)
        {
            await Task.Delay(random.Next(1, 60), CancellationToken.None);
            await database.KillConnectionsAsync("%append_units%");
        }
    }

    // An append whose outcome is not known is sent again as it is. One without events only asks or claims: that may be done twice.
    private async Task<AppendResult> UntilToldAsync(PostgresEventStore store, AppendUnit unit)
    {
        while (true)
        {
            try
            {
                return await store.AppendAsync(unit, Cancel);
            }
            catch (StoreUnavailableException)
            {
                Interlocked.Increment(ref _outcomesUnknown);
            }
        }
    }

    private static async Task<T> UntilReadAsync<T>(Func<Task<T>> read)
    {
        while (true)
        {
            try
            {
                return await read();
            }
            catch (NpgsqlException cut) when (cut.IsTransient || cut is PostgresException { SqlState: PostgresErrorCodes.AdminShutdown })
            {
            }
        }
    }

    private static AppendUnit RandomUnit(Random random, List<StreamId> hot, List<string> keys, Dictionary<StreamId, long> beliefs)
    {
        var streams = random.GetItems([.. hot, Sample.Stream(), Sample.Stream()], random.Next(1, 4)).Distinct().ToList();
        return new AppendUnit
        {
            Streams = streams.ConvertAll(stream => Sample.Append(
                stream,
                random.Next(5) == 0 ? ExpectedVersion.Any : ExpectedVersion.Exactly(beliefs.GetValueOrDefault(stream)),
                random.Next(0, 4))),
            Claim = random.Next(4) == 0 ? Sample.Claim(keys[random.Next(keys.Count)]) : null,
        };
    }

    // As a careful writer would: from what it was told, not from reading again. So it is often wrong.
    private static void Learn(Dictionary<StreamId, long> beliefs, AppendUnit unit, AppendResult result)
    {
        switch (result)
        {
            case AppendResult.Conflict conflict:
                beliefs[conflict.Stream] = conflict.Actual;
                break;
            case AppendResult.Appended or AppendResult.Repeated:
                foreach (var append in unit.Streams.Where(s => s.Expected.Value >= 0))
                {
                    beliefs[append.Stream] = append.Expected.Value + append.Events.Count;
                }

                break;
        }
    }

    private static void AssertConsistent(
        long start, IReadOnlyList<StoredEvent> log, IEnumerable<(AppendUnit Unit, AppendResult Result)> told)
    {
        EventStoreContract.AssertGapless(start, log);
        foreach (var stream in log.GroupBy(e => e.Stream))
        {
            Assert.Equal(Enumerable.Range(1, stream.Count()).Select(v => (long)v), stream.Select(e => e.StreamVersion));
        }

        var acknowledged = 0;
        var stored = log.Select(e => e.EventId).ToHashSet();
        bool IsStored(List<Guid> sent) => sent.Count > 0 && sent.TrueForAll(stored.Contains);
        foreach (var (unit, result) in told)
        {
            var sent = unit.Streams.SelectMany(s => s.Events).Select(e => e.EventId).ToList();
            switch (result)
            {
                case AppendResult.Appended { FirstPosition: > 0 } appended:
                    acknowledged += sent.Count;
                    Assert.Equal(sent, log.Skip((int)(appended.FirstPosition - start - 1)).Take(sent.Count).Select(e => e.EventId));
                    Assert.Equal(appended.FirstPosition + sent.Count - 1, appended.LastPosition);
                    break;
                case AppendResult.Repeated repeated:
                    acknowledged += sent.Count;
                    Assert.Equal(sent, log.Skip((int)(repeated.FirstPosition - start - 1)).Take(sent.Count).Select(e => e.EventId));
                    break;
                case AppendResult.AlreadyClaimed when IsStored(sent):
                    acknowledged += sent.Count; // Its own claim, of the attempt that it had no answer to.
                    break;
                case AppendResult.Conflict conflict:
                    Assert.False(conflict.Expected.Allows(conflict.Actual));
                    Assert.InRange(conflict.Actual, 0, log.Count(e => e.Stream == conflict.Stream));
                    break;
            }
        }

        Assert.Equal(acknowledged, log.Count);
        var claims = told.Where(t => t.Result is AppendResult.Appended && t.Unit.Claim is not null).Select(t => t.Unit.Claim!.Key).ToList();
        Assert.Equal(claims.Distinct().Count(), claims.Count);
    }
}
