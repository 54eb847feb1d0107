using System.Collections.Concurrent;
using IntegrationTests.EventStore;
using IntegrationTests.Standalone;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Payments.EventStore.Contract;
using Payments.EventStore.Postgres;

namespace IntegrationTests.Replicas;

/// <summary>Servers that go away. Each test has a pair of its own, because it ruins it.</summary>
public sealed class FailoverTests : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly StreamingPair _pair = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _pair.InitializeAsync();

    public ValueTask DisposeAsync() => _pair.DisposeAsync();

    [Fact]
    public async Task When_the_standby_dies_every_read_is_answered_by_the_primary()
    {
        var reads = new ReplicaReads(_pair.Log, TimeProvider.System, NullLogger<ReplicaReads>.Instance);
        await using var store = _pair.OpenStore();
        var position = Assert.IsType<AppendResult.Appended>(await store.AppendAsync(Sample.Unit(), Cancel)).LastPosition;
        Assert.True(await reads.ReadAsync(position, IsStandbyAsync, Cancel));

        _pair.KillStandby();

        for (var i = 0; i < 50; i++)
        {
            Assert.False(await reads.ReadAsync(position, IsStandbyAsync, Cancel));
            Assert.Single(await reads.ReadAllAsync(position, position - 1, 10, EventFilter.None, Cancel));
        }

        Assert.IsType<AppendResult.Appended>(await store.AppendAsync(Sample.Unit(), Cancel));
    }

    [Fact]
    public async Task When_the_primary_dies_the_promoted_standby_takes_over_and_has_every_acknowledged_event()
    {
        await _pair.MakeSynchronousAsync();
        await using var store = _pair.OpenStore();
        var (acknowledged, stop) = (new ConcurrentDictionary<StreamId, AppendResult.Appended>(), false);
        var writers = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            while (!Volatile.Read(ref stop))
            {
                var stream = Sample.Stream();
                try
                {
                    var result = await store.AppendAsync(Sample.Unit(stream, ExpectedVersion.None, 2), Cancel);
                    acknowledged[stream] = Assert.IsType<AppendResult.Appended>(result);
                }
                catch (StoreUnavailableException)
                {
                    await Task.Delay(10, Cancel);
                }
            }
        })).ToList();
        await Wait.UntilAsync(() => acknowledged.Count > 200, Deadline);

        _pair.KillPrimary();
        await _pair.PromoteAsync();

        var before = acknowledged.Count;
        await Wait.UntilAsync(() => acknowledged.Count > before + 200, Deadline);
        Volatile.Write(ref stop, true);
        await Task.WhenAll(writers);

        var log = await store.ReadAllAsync(0, int.MaxValue, EventFilter.None, Cancel);
        EventStoreContract.AssertGapless(0, log);
        var streams = log.ToLookup(e => e.Stream);
        foreach (var (stream, appended) in acknowledged)
        {
            Assert.Equal([appended.FirstPosition, appended.LastPosition], streams[stream].Select(e => e.Position));
        }

        await using var tail = new TailReader(store, 0, batchMax: 1_000);
        await tail.UntilAsync(log[^1].Position, Deadline);
        EventStoreContract.AssertSame(log, tail.Events);
    }

    private static async Task<bool> IsStandbyAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("select pg_is_in_recovery()", connection);
        return (bool)(await command.ExecuteScalarAsync(cancel))!;
    }
}
