using System.Diagnostics;
using Payments.Bench.Measuring;
using Payments.EventStore.Contract;

namespace Payments.Bench.Rebuilds;

/// <summary>How fast a reader of whole events goes through the log, and how fast one follows that is up to date.</summary>
internal static class Tailing
{
    private const int BatchMax = 5_000;
    private const int LiveAppend = 10_000;

    public static async Task MeasureAsync(
        IEventStore store, LogFiller filler, RebuildOptions options, Table table, CancellationToken cancel)
    {
        Progress.Step("reading the log from its beginning");
        var end = await store.LastPositionAsync(cancel);
        var clock = Stopwatch.StartNew();
        await FollowAsync(store, 0, Task.FromResult(end), cancel);
        Add(table, "tailing: catching up from the beginning", end, clock);

        Progress.Step($"following the log for {options.Seconds} s while it is written to");
        var from = end;
        var written = new TaskCompletionSource<long>();
        clock.Restart();
        var following = FollowAsync(store, from, written.Task, cancel);
        while (clock.Elapsed < TimeSpan.FromSeconds(options.Seconds))
        {
            await filler.AppendAsync(LiveAppend, cancel);
            end += LiveAppend;
        }

        written.SetResult(end + 1);
        await filler.AppendAsync(1, cancel); // The reader looks up once more, and now knows where to stop.
        await following;
        Add(table, "tailing: following one busy writer", end + 1 - from, clock);
    }

    private static async Task FollowAsync(IEventStore store, long after, Task<long> until, CancellationToken cancel)
    {
        await foreach (var batch in store.TailAsync(after, BatchMax, cancel))
        {
            if (until.IsCompleted && batch[^1].Position >= await until)
                return;
        }
    }

    private static void Add(Table table, string what, long events, Stopwatch clock) =>
        table.Add(what, events, clock.Elapsed.TotalSeconds, events / clock.Elapsed.TotalSeconds);
}
