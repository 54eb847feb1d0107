using System.Collections.Concurrent;
using System.Diagnostics;
using Npgsql;
using Payments.EventStore.Contract;

namespace IntegrationTests.EventStore;

/// <summary>Follows a log in the background and keeps what it sees.</summary>
internal sealed class TailReader : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<IReadOnlyList<StoredEvent>> _batches = new();
    private readonly SemaphoreSlim _arrived = new(0);
    private readonly Task _reading;

    public TailReader(IEventStore store, long afterPosition, int batchMax)
    {
        _reading = Task.Run(async () =>
        {
            while (true)
            {
                try
                {
                    await foreach (var batch in store.TailAsync(
                        _batches.LastOrDefault()?[^1].Position ?? afterPosition, batchMax, _stop.Token))
                    {
                        _batches.Enqueue(batch);
                        _arrived.Release();
                    }
                }
                catch (NpgsqlException)
                {
                    // Its connection was cut: a reader goes on where it was.
                }
            }
        });
    }

    public IEnumerable<StoredEvent> Events => _batches.SelectMany(b => b);

    public IEnumerable<int> BatchSizes => _batches.Select(b => b.Count);

    /// <summary>Waits until a position has been seen.</summary>
    public async Task UntilAsync(long position, TimeSpan deadline)
    {
        var waiting = Stopwatch.StartNew();
        while (_batches.LastOrDefault()?[^1].Position is not { } last || last < position)
        {
            var arrived = await _arrived.WaitAsync(deadline - waiting.Elapsed is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero);
            Assert.True(arrived || waiting.Elapsed < deadline, $"Position {position} was not seen within {deadline.TotalSeconds} s.");
            if (_reading.IsFaulted)
            {
                await _reading;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading.ContinueWith(_ => { }, TaskScheduler.Default);
        _stop.Dispose();
        _arrived.Dispose();
    }
}
