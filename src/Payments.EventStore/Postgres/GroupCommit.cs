using System.Threading.Channels;
using Npgsql;

namespace Payments.EventStore.Postgres;

/// <summary>Puts units that arrive while a commit is in flight into the next transaction, together. One commit in flight at a time.</summary>
/// <remarks>
/// Two units that touch the same stream, watermark or claim never share a transaction: the later one waits for the next, so that it is
/// checked against what the earlier one left. A unit that the database rejects is tried again alone, so that it fails alone.
/// </remarks>
internal sealed class GroupCommit : IAsyncDisposable
{
    private const int UnitsMax = 512;
    private const int EventsMax = 4_096;
    private const int WaitingMax = 8_192;

    private readonly Func<IReadOnlyList<AppendUnit>, CancellationToken, Task<AppendResult[]>> _commit;
    private readonly Channel<Waiting> _waiting = Channel.CreateBounded<Waiting>(new BoundedChannelOptions(WaitingMax) { SingleReader = true });
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    public GroupCommit(Func<IReadOnlyList<AppendUnit>, CancellationToken, Task<AppendResult[]>> commit)
    {
        _commit = commit;
        _loop = Task.Run(RunAsync);
    }

    public async Task<AppendResult> AppendAsync(AppendUnit unit, CancellationToken cancel)
    {
        var waiting = new Waiting(unit);
        await _waiting.Writer.WriteAsync(waiting, cancel);

        // From here on the unit may be stored whatever the caller does: its outcome is waited for, not abandoned.
        return await waiting.Outcome.Task;
    }

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        var deferred = new Queue<Waiting>();
        var batch = new List<Waiting>();
        while (deferred.Count > 0 || await _waiting.Reader.WaitToReadAsync(CancellationToken.None))
        {
            Take(deferred, batch);
            await CommitAsync(batch);
            batch.Clear();
        }
    }

    private void Take(Queue<Waiting> deferred, List<Waiting> batch)
    {
        var touched = new HashSet<object>();
        var events = 0;
        for (var left = deferred.Count; left > 0; left--)
        {
            Place(deferred.Dequeue());
        }

        while (batch.Count < UnitsMax && events < EventsMax && deferred.Count < UnitsMax && _waiting.Reader.TryRead(out var next))
        {
            Place(next);
        }

        void Place(Waiting unit)
        {
            // A deferred unit also reserves what it touches: a third unit must not overtake it.
            var free = true;
            foreach (var thing in Touches(unit.Unit))
            {
                free &= touched.Add(thing);
            }

            if (free && batch.Count < UnitsMax && events < EventsMax)
            {
                batch.Add(unit);
                events += unit.Unit.Streams.Sum(s => s.Events.Count);
            }
            else
            {
                deferred.Enqueue(unit);
            }
        }
    }

    private static IEnumerable<object> Touches(AppendUnit unit)
    {
        foreach (var append in unit.Streams)
        {
            yield return append.Stream;
        }

        foreach (var move in unit.Watermarks)
        {
            yield return (move.Consumer, move.Topic, move.Partition, move.Source);
        }

        if (unit.Claim is { } claim)
        {
            yield return (claim.Scope, claim.Key);
        }
    }

    private async Task CommitAsync(List<Waiting> batch)
    {
        try
        {
            var results = await _commit([.. batch.Select(w => w.Unit)], _stop.Token);
            for (var i = 0; i < batch.Count; i++)
            {
                batch[i].Outcome.SetResult(results[i]);
            }
        }
        catch (PostgresException rejected) when (!rejected.IsTransient && !IsConnectionLoss(rejected) && batch.Count > 1)
        {
            foreach (var alone in batch)
            {
                await CommitAsync([alone]);
            }
        }
        catch (PostgresException rejected) when (!rejected.IsTransient && !IsConnectionLoss(rejected))
        {
            batch[0].Outcome.SetException(new StoreRejectedException($"The database rejects what was to be stored: {rejected.MessageText}", rejected));
        }
        catch (Exception trouble)
        {
            // Process edge of the append path: whatever went wrong, every caller hears of it, and none is told that nothing was stored.
            foreach (var waiting in batch)
            {
                waiting.Outcome.SetException(new StoreUnavailableException($"The event store did not answer: {trouble.Message}", trouble));
            }
        }
    }

    // Class 57: the server is shutting down or cancelled us. Class 08: connection exceptions. Neither is the content's fault.
    private static bool IsConnectionLoss(PostgresException e) =>
        e.SqlState.StartsWith("57", StringComparison.Ordinal) || e.SqlState.StartsWith("08", StringComparison.Ordinal);

    private sealed record Waiting(AppendUnit Unit)
    {
        public TaskCompletionSource<AppendResult> Outcome { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
