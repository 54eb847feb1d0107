using Payments.EventStore.Contract;

namespace Payments.EventStore.Subscriptions;

/// <summary>
/// The live part of a subscription: filters in memory, and moves the checkpoint past unwanted events now and then rather than for each.
/// </summary>
internal sealed class LiveTail(IEventStore store, SubscriptionDefinition definition, TimeProvider clock)
{
    private static readonly TimeSpan PassEvery = TimeSpan.FromSeconds(1);

    /// <summary>Handles a batch and moves the checkpoint; false when that is no longer ours to move.</summary>
    public delegate Task<bool> Apply(IReadOnlyList<StoredEvent> wanted, long from, long to, CancellationToken cancel);

    /// <summary>Returns when the checkpoint is no longer ours to move.</summary>
    public async Task FollowAsync(long from, Apply apply, CancellationToken cancel)
    {
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        await using var tail = store.TailAsync(from, definition.BatchMax, leave.Token).GetAsyncEnumerator(leave.Token);
        Task<bool>? next = null;
        try
        {
            var (stored, passed, since) = (from, from, 0L);
            var pending = new List<StoredEvent>();
            var full = false;
            while (true)
            {
                next ??= tail.MoveNextAsync().AsTask();
                var wait = full ? TimeSpan.Zero : (pending.Count > 0 ? definition.Linger : PassEvery) - clock.GetElapsedTime(since);
                if (passed > stored && !await ComesWithinAsync(next, wait, leave.Token))
                {
                    if (!await apply(pending, stored, passed, cancel))
                    {
                        return;
                    }

                    (stored, pending, full) = (passed, [], false);
                    continue;
                }

                await next;
                var wanted = tail.Current.Where(definition.Filter.Matches).ToList();
                full = pending.Count > 0 && pending.Count + wanted.Count > definition.BatchMax;
                if (full)
                {
                    continue; // What is pending goes first.
                }

                since = passed > stored ? since : clock.GetTimestamp();
                passed = tail.Current[^1].Position;
                pending.AddRange(wanted);
                next = null;
            }
        }
        finally
        {
            await leave.CancelAsync();
            if (next is not null)
            {
                await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<bool> ComesWithinAsync(Task<bool> next, TimeSpan atMost, CancellationToken cancel)
    {
        if (atMost <= TimeSpan.Zero)
        {
            return false;
        }

        if (!next.IsCompleted)
        {
            await Task.WhenAny(next, Task.Delay(atMost, clock, cancel));
        }

        return next.IsCompleted;
    }
}
