using Payments.EventStore.Contract;

namespace Payments.Bench.Rebuilds;

/// <summary>Fills a log with events of random streams, in units as large as they may be.</summary>
internal sealed class LogFiller(IEventStore store, int streams)
{
    private const int EventsOfUnit = 5_000;
    private const int AmountMax = 10_000;

    private readonly Random _random = new(1);
    private readonly long[] _versions = new long[streams];

    /// <summary>The sum of all amounts appended so far.</summary>
    public long Sum { get; private set; }

    public async Task AppendAsync(int count, CancellationToken cancel)
    {
        for (var left = count; left > 0; left -= EventsOfUnit)
        {
            Measuring.Progress.Detail($"filling: {count - left:N0} of {count:N0} events");
            var unit = Unit(Math.Min(left, EventsOfUnit));
            if (await store.AppendAsync(unit, cancel) is not AppendResult.Appended)
                throw new NoResultException("The event store refused to be filled.");
        }
    }

    // Any stream may come at any time: no two events of one stream lie together because they were made so.
    private AppendUnit Unit(int count)
    {
        var appends = Enumerable.Range(0, count)
            .GroupBy(_ => _random.Next(streams))
            .Select(stream => Append(stream.Key, stream.Count()));
        return new AppendUnit { Streams = [.. appends] };
    }

    private StreamAppend Append(int stream, int count)
    {
        var before = _versions[stream];
        _versions[stream] += count;
        return new StreamAppend(
            new StreamId("wallet", $"{stream:D12}"), ExpectedVersion.Exactly(before), [.. Enumerable.Range(0, count).Select(_ => Event())]);
    }

    private NewEvent Event()
    {
        var amount = _random.Next(AmountMax);
        Sum += amount;
        var metadata = new EventMetadata(
            Guid.CreateVersion7(),
            Guid.CreateVersion7(),
            "bench",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "user/bench-0001");
        return new NewEvent(Guid.CreateVersion7(), "wallet.funds-credited.v1", 1, Balances.Event(amount), metadata);
    }
}
