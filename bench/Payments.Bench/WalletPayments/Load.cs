using System.Collections.Concurrent;
using System.Diagnostics;

namespace Payments.Bench.WalletPayments;

/// <summary>The two ways to drive payments.</summary>
internal sealed class Load(PaymentsApi api, Func<Random, Transfer> nextTransfer, int seed)
{
    // More than that at a tenth of the possible rate: the platform stands still.
    private const int OnTheWayMax = 10_000;

    private readonly ConcurrentQueue<Attempt> _done = new();

    /// <summary>Completed so far, for progress.</summary>
    public int Done => _done.Count;

    /// <summary>
    /// Callers who wait for the end of each payment before they begin the next, until that time. All payments have ended when this returns.
    /// </summary>
    public async Task<IReadOnlyList<Attempt>> ClosedAsync(int callers, long until, CancellationToken cancel)
    {
        _done.Clear();
        var randoms = Enumerable.Range(0, callers).Select(caller => new Random(seed + caller));
        await Task.WhenAll(randoms.Select(random => Task.Run(() => CallAsync(random, until, cancel), cancel)));
        return [.. _done];
    }

    /// <summary>
    /// Payments begun at random moments (a Poisson process of that rate), whether or not earlier ones have ended, until that time. Each
    /// is timed from the moment it was due, so that nothing is hidden by a delay of our own.
    /// </summary>
    public async Task<IReadOnlyList<Attempt>> OpenAsync(double perSecond, long until, CancellationToken cancel)
    {
        _done.Clear();

        // A thread, because it wakes to the millisecond; timers here are four times as coarse.
        var ticker = Task.Factory.StartNew(
            () => Tick(perSecond, until, cancel), cancel, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await Task.WhenAll(await ticker);
        return [.. _done];
    }

    private async Task CallAsync(Random random, long until, CancellationToken cancel)
    {
        while (Stopwatch.GetTimestamp() < until)
            await PayAsync(nextTransfer(random), Stopwatch.GetTimestamp(), cancel);
    }

    private List<Task> Tick(double perSecond, long until, CancellationToken cancel)
    {
        var random = new Random(seed);
        var begun = new List<Task>();
        for (var due = Next(Stopwatch.GetTimestamp()); due < until; due = Next(due))
        {
            while (Stopwatch.GetTimestamp() < due)
            {
                cancel.ThrowIfCancellationRequested();
                Thread.Sleep(1);
            }

            if (begun.Count - _done.Count > OnTheWayMax)
                throw new NoResultException($"{OnTheWayMax:N0} payments are on their way at low load: the platform stands still.");
            var (transfer, at) = (nextTransfer(random), due);
            begun.Add(Task.Run(() => PayAsync(transfer, at, cancel), cancel));
        }

        return begun;

        long Next(long after) => after + (long)(-Math.Log(1 - random.NextDouble()) / perSecond * Stopwatch.Frequency);
    }

    private async Task PayAsync(Transfer transfer, long begun, CancellationToken cancel) =>
        _done.Enqueue(await Attempt.MakeAsync(api, transfer, Guid.NewGuid(), begun, cancel));
}
