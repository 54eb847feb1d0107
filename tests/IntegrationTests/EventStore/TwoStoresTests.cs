using Payments.EventStore.Contract;
using Payments.EventStore.Postgres;

namespace IntegrationTests.EventStore;

/// <summary>Two stores on one database, as in two processes.</summary>
public sealed class TwoStoresTests(EventStoreDatabase database) : IClassFixture<EventStoreDatabase>, IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    // No long timer of these stores ever fires: a tail that hears of something was woken.
    private readonly PostgresEventStore _here = database.OpenStore(longTimersRun: false);
    private readonly PostgresEventStore _there = database.OpenStore(longTimersRun: false);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _here.DisposeAsync();
        await _there.DisposeAsync();
    }

    [Fact]
    public async Task A_tail_is_woken_by_what_another_store_appends()
    {
        var start = await _here.LastPositionAsync(Cancel);
        await using var tail = new TailReader(_here, start, batchMax: 100);
        for (var position = start + 1; position <= start + 20; position++)
        {
            await _there.AppendAsync(Sample.Unit(), Cancel);
            await tail.UntilAsync(position, Deadline);
        }

        EventStoreContract.AssertSame(await _here.ReadAllAsync(start, 100, EventFilter.None, Cancel), tail.Events);
    }

    [Fact]
    public async Task Tails_of_both_see_what_both_append_once_and_in_order()
    {
        var start = await _here.LastPositionAsync(Cancel);
        await using var tailHere = new TailReader(_here, start, batchMax: 50);
        await using var tailThere = new TailReader(_there, start, batchMax: 50);

        await Task.WhenAll(Enumerable.Range(0, 16).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < 40; i++)
            {
                await (writer % 2 == 0 ? _here : _there).AppendAsync(
                    Sample.Unit(Sample.Stream(), i % 3 == 0 ? ExpectedVersion.Any : ExpectedVersion.None), Cancel);
            }
        })));

        var log = await _here.ReadAllAsync(start, int.MaxValue, EventFilter.None, Cancel);
        Assert.Equal(640, log.Count);
        EventStoreContract.AssertGapless(start, log);
        foreach (var tail in new[] { tailHere, tailThere })
        {
            await tail.UntilAsync(start + 640, Deadline);
            EventStoreContract.AssertSame(log, tail.Events);
        }
    }

    [Fact]
    public async Task Of_two_stores_with_many_writers_at_one_version_one_writer_wins()
    {
        var stream = Sample.Stream();

        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(
            () => (i % 2 == 0 ? _here : _there).AppendAsync(Sample.Unit(stream, ExpectedVersion.None), Cancel))));

        Assert.Single(results.OfType<AppendResult.Appended>());
        Assert.Equal(
            Enumerable.Repeat(new AppendResult.Conflict(stream, ExpectedVersion.None, 1), 19),
            results.OfType<AppendResult.Conflict>());
    }
}
