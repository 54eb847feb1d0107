using System.Diagnostics;
using Payments.Bench.Measuring;
using Payments.EventStore.Contract;

namespace Payments.Bench.Appends;

/// <summary>Many callers, each with one append on its way, on streams of their own.</summary>
internal sealed class AppendLoad(IAppendTarget target, int callers, int eventsPerAppend)
{
    private const int AppendsPerStream = 20;
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(500);

    // What a wallet's event looks like: 240 bytes.
    private static readonly byte[] Data =
        """
        {"wallet":"0198c0de-7a51-7c3e-9d41-1f2e3d4c5b6a","payment":"0198c0de-7a52-7d10-8e21-0a1b2c3d4e5f",
        "amount":{"minor":2500,"currency":"EUR"},"payee":"0198c0de-7a50-7b2a-b1c2-d3e4f5061728",
        "expiresAt":"2026-01-31T12:00:00.0000000+00:00"}
        """u8.ToArray();

    private long _events;

    /// <summary>Runs for so long after a short warm-up.</summary>
    /// <returns>Appends a second, their latencies, and the events stored in all, warm-up included.</returns>
    public async Task<(double AppendsPerSecond, Latencies Latencies, long Events)> RunAsync(TimeSpan duration, CancellationToken cancel)
    {
        var from = Stopwatch.GetTimestamp() + (long)(WarmUp.TotalSeconds * Stopwatch.Frequency);
        var until = from + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        var tasks = Enumerable.Range(0, callers).Select(_ => Task.Run(() => CallAsync(from, until, cancel), cancel)).ToList();
        var ticks = await Task.WhenAll(tasks);
        var latencies = new Latencies(ticks.SelectMany(t => t));
        return (latencies.Count / duration.TotalSeconds, latencies, _events);
    }

    // Only appends that end within the time count; the last ones may take longer than it.
    private async Task<List<long>> CallAsync(long from, long until, CancellationToken cancel)
    {
        var ticks = new List<long>();
        var events = 0L;
        while (Stopwatch.GetTimestamp() < until)
        {
            var stream = new StreamId("wallet", Guid.CreateVersion7().ToString("D"));
            for (var append = 0; append < AppendsPerStream && Stopwatch.GetTimestamp() < until; append++)
            {
                var batch = Events();
                var start = Stopwatch.GetTimestamp();
                await target.AppendAsync(stream, (long)append * eventsPerAppend, batch, cancel);
                var end = Stopwatch.GetTimestamp();
                events += eventsPerAppend;
                if (end >= from && end < until)
                    ticks.Add(end - start);
            }
        }

        Interlocked.Add(ref _events, events);
        return ticks;
    }

    private NewEvent[] Events()
    {
        var events = new NewEvent[eventsPerAppend];
        for (var i = 0; i < events.Length; i++)
        {
            var metadata = new EventMetadata(Guid.CreateVersion7(), Guid.CreateVersion7(), "bench", null, "user/bench-0001");
            events[i] = new NewEvent(Guid.CreateVersion7(), "wallet.funds-held.v1", 1, Data, metadata);
        }

        return events;
    }
}
