using Payments.EventStore.Contract;

namespace IntegrationTests.EventStore;

public abstract partial class EventStoreContract
{
    [Fact]
    public async Task A_tail_first_catches_up_and_then_lives()
    {
        var start = await Store.LastPositionAsync(Cancel);
        await StoredAsync(Sample.Unit(Sample.Stream(), ExpectedVersion.None, 25));
        await using var tail = new TailReader(Store, start, batchMax: 10);

        await tail.UntilAsync(start + 25, Deadline);
        await StoredAsync(Sample.Unit(Sample.Stream(), ExpectedVersion.None, 25));
        await StoredAsync(Sample.Unit(await StreamAtAsync(1), ExpectedVersion.Any));
        await tail.UntilAsync(start + 52, Deadline);

        AssertSame(await LogAfterAsync(start), tail.Events);
        Assert.All(tail.BatchSizes, size => Assert.InRange(size, 1, 10));
    }

    [Fact]
    public async Task Tails_see_every_event_once_and_in_order_under_concurrent_appends()
    {
        var start = await Store.LastPositionAsync(Cancel);
        await using var early = new TailReader(Store, start, batchMax: 100);
        var writers = AppendAllAtOnceAsync(Enumerable.Range(0, 300).Select(i =>
            Sample.Unit(Sample.Stream(), i % 2 == 0 ? ExpectedVersion.None : ExpectedVersion.Any, 1 + (i % 3))));
        await early.UntilAsync(start + 1, Deadline);
        await using var late = new TailReader(Store, start + 1, batchMax: 7);
        await writers;
        var log = await LogAfterAsync(start);

        await early.UntilAsync(start + 600, Deadline);
        await late.UntilAsync(start + 600, Deadline);

        AssertGapless(start, log);
        AssertSame(log, early.Events);
        AssertSame(log.Skip(1), late.Events);
    }

    internal static void AssertSame(IEnumerable<StoredEvent> expected, IEnumerable<StoredEvent> actual) =>
        Assert.Equal(expected.Select(e => e with { Data = default }), actual.Select(e => e with { Data = default }));
}
