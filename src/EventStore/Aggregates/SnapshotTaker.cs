using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Payments.EventStore.Contract;

namespace Payments.EventStore.Aggregates;

/// <summary>Stores snapshots in the background, many at a time. Nobody waits for one, and one that is lost is taken again later.</summary>
internal sealed partial class SnapshotTaker<TState>(IEventStore store, SnapshotFormat<TState> format, ILogger log)
    where TState : class
{
    private const int BatchMax = 200;

    /// <summary>Streams that wait for theirs at most. The others get one when they are next loaded.</summary>
    private const int WaitingMax = 10_000;

    private readonly ConcurrentDictionary<StreamId, Versioned<TState>> _waiting = new();
    private int _isRunning;

    /// <summary>Takes one if the stream has grown past another multiple of the interval.</summary>
    public void Offer(StreamId stream, long versionBefore, Versioned<TState> after)
    {
        if (after.Version / format.Every > versionBefore / format.Every && _waiting.Count < WaitingMax)
        {
            _waiting[stream] = after;
            if (Interlocked.CompareExchange(ref _isRunning, 1, 0) == 0)
            {
                _ = Task.Run(RunAsync);
            }
        }
    }

    private async Task RunAsync()
    {
        do
        {
            try
            {
                await StoreAsync();
            }
            finally
            {
                Volatile.Write(ref _isRunning, 0);
            }
        }
        while (!_waiting.IsEmpty && Interlocked.CompareExchange(ref _isRunning, 1, 0) == 0);
    }

    private async Task StoreAsync()
    {
        while (!_waiting.IsEmpty)
        {
            var states = new List<(StreamId Stream, Versioned<TState> State)>();
            foreach (var stream in _waiting.Keys.Take(BatchMax))
            {
                if (_waiting.TryRemove(stream, out var state))
                {
                    states.Add((stream, state));
                }
            }

            try
            {
                await store.SaveSnapshotsAsync(
                    [.. states.Select(s => new Snapshot(s.Stream, s.State.Version, format.Schema, format.Encode(s.State.State!)))],
                    CancellationToken.None);
            }
            catch (Exception trouble)
            {
                // The edge of a task of its own. Only a short cut is lost: the streams are whole.
                LogNotTaken(log, states.Count, trouble);
            }
        }
    }

    [LoggerMessage(
        EventId = 2001,
        Level = LogLevel.Warning,
        Message = "{Count} snapshots could not be stored; they are taken again as their streams grow")]
    private static partial void LogNotTaken(ILogger log, int count, Exception trouble);
}
