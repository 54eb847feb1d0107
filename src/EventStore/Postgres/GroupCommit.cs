using System.Threading.Channels;
using Npgsql;
using Payments.EventStore.Contract;

namespace Payments.EventStore.Postgres;

/// <summary>
/// Puts units that arrive while a commit is in flight into the next transaction, together. One commit in flight at a time.
/// </summary>
/// <remarks>
/// Two units that touch the same stream, watermark or claim never share a transaction: the later one waits for the next, so that it is
/// checked against what the earlier one left. When the database rejects a batch, its halves are tried apart, so that a bad unit fails
/// alone.
/// </remarks>
internal sealed class GroupCommit : IAsyncDisposable
{
    private const int UnitsMax = 512;
    private const int EventsMax = 4_096;
    private const int WaitingMax = 8_192;
    private const int ReturnTurns = 3;

    /// <summary>How long appends that were accepted may take to be stored when the store is closed.</summary>
    private static readonly TimeSpan ClosingMax = TimeSpan.FromSeconds(5);

    private readonly Func<IReadOnlyList<AppendUnit>, CancellationToken, Task<AppendResult[]>> _commit;
    private readonly Channel<PendingUnit> _arriving =
        Channel.CreateBounded<PendingUnit>(new BoundedChannelOptions(WaitingMax) { SingleReader = true });
    private readonly UnitQueue _queue = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _fault = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _loop;

    public GroupCommit(Func<IReadOnlyList<AppendUnit>, CancellationToken, Task<AppendResult[]>> commit)
    {
        _commit = commit;
        _loop = Task.Run(RunAsync);
    }

    /// <summary>
    /// Ends, with what was thrown, when the loop has met a bug: nothing can be appended any more, and the process is to end. Otherwise
    /// never.
    /// </summary>
    public Task Fault => _fault.Task;

    public async Task<AppendResult> AppendAsync(AppendUnit unit, CancellationToken cancel)
    {
        var pending = new PendingUnit(unit);
        try
        {
            await _arriving.Writer.WriteAsync(pending, cancel);
        }
        catch (ChannelClosedException closed)
        {
            throw new StoreUnavailableException("The event store is closed.", closed);
        }

        // From here on the unit may be stored whatever the caller does: its outcome is waited for, not abandoned.
        return await pending.Outcome.Task;
    }

    /// <summary>Takes no more appends and stores those it has taken.</summary>
    public async ValueTask DisposeAsync()
    {
        _arriving.Writer.TryComplete();
        _stop.CancelAfter(ClosingMax);
        await _loop;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            await CommitAllAsync();
        }
        catch (Exception bug)
        {
            // The edge of a task of its own: nobody awaits it while it runs. Whoever waits hears of it, and whoever comes is told at once.
            _arriving.Writer.TryComplete(bug);
            while (_arriving.Reader.TryRead(out var pending))
            {
                _queue.Add(pending);
            }

            _queue.FailAll(() => new StoreUnavailableException(
                $"The event store has stopped because of a fault of ours ({bug.GetType().Name}): whether this was stored is not known.",
                bug));
            _fault.TrySetException(bug);
        }
    }

    private async Task CommitAllAsync()
    {
        var batch = new List<PendingUnit>();
        while (_queue.Count > 0 || await _arriving.Reader.WaitToReadAsync(CancellationToken.None))
        {
            while (_queue.Count < WaitingMax && _arriving.Reader.TryRead(out var pending))
            {
                _queue.Add(pending);
            }

            _queue.Take(batch, UnitsMax, EventsMax);
            await CommitAsync(batch);
            await LetCallersReturnAsync(batch.Count);
            batch.Clear();
        }
    }

    // Callers who were just answered together often come back at once. Those that do share the next transaction, rather than the one
    // after it: fewer, fuller transactions.
    private static async Task LetCallersReturnAsync(int answered)
    {
        for (var turn = 0; turn < ReturnTurns && answered > 1; turn++)
        {
            await Task.Yield();
        }
    }

    private async Task CommitAsync(List<PendingUnit> batch)
    {
        try
        {
            using var span = CommitSpans.Start(batch);
            var results = await _commit([.. batch.Select(w => w.Unit)], _stop.Token);
            for (var i = 0; i < batch.Count; i++)
            {
                _queue.Done(batch[i], results[i]);
            }
        }
        catch (Exception rejected) when (IsRejection(rejected) && batch.Count > 1)
        {
            await CommitAsync(batch[..(batch.Count / 2)]);
            await CommitAsync(batch[(batch.Count / 2)..]);
        }
        catch (Exception rejected) when (IsRejection(rejected))
        {
            _queue.Failed(batch[0], Rejection(rejected));
        }
        catch (Exception trouble)
        {
            // Process edge of the append path: whatever went wrong, every caller hears of it, and none is told that nothing was stored.
            foreach (var pending in batch)
            {
                _queue.Failed(pending, Trouble(trouble));
            }
        }
    }

    // The content's fault, by class of SQLSTATE: cardinality, data, constraints, names and types, limits, raised by an apply function.
    // Text that is no Unicode does not even leave this process. All else is trouble: the same unit may be welcome later.
    internal static bool IsRejection(Exception e) => e switch
    {
        PostgresException { SqlState: var state } => state[..2] is "21" or "22" or "23" or "42" or "44" or "54" or "P0",
        ArgumentException => true,
        _ => false,
    };

    internal static StoreRejectedException Rejection(Exception e) => new($"The database rejects what was to be stored: {e.Message}", e);

    internal static StoreUnavailableException Trouble(Exception e) => new($"The event store did not answer: {e.Message}", e);
}
