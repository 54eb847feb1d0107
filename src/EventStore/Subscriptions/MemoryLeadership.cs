using System.Collections.Concurrent;

namespace Payments.EventStore.Subscriptions;

/// <summary>Leadership within one process, for tests and simulation.</summary>
public sealed class MemoryLeadership : ILeadership
{
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _names = [];

    public async Task<ILease> AcquireAsync(string name, CancellationToken cancel)
    {
        var turn = _names.GetOrAdd(name, _ => new SemaphoreSlim(1, 1));
        await turn.WaitAsync(cancel);
        return new Lease(turn);
    }

    private sealed class Lease(SemaphoreSlim turn) : ILease
    {
        public CancellationToken Lost => CancellationToken.None;

        public ValueTask DisposeAsync()
        {
            turn.Release();
            return ValueTask.CompletedTask;
        }
    }
}
