namespace Payments.EventStore.Subscriptions;

/// <summary>Work that one process does at a time.</summary>
public static class Leading
{
    /// <summary>Waits for a name and works while it is held, again and again, until it is stopped.</summary>
    /// <param name="work">Goes on until it is cancelled: because all is stopped, or because another has the name now. What else it throws
    /// is thrown on.</param>
    public static async Task WorkAsLeaderAsync(
        this ILeadership leadership, string name, Func<CancellationToken, Task> work, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await using var lease = await leadership.AcquireAsync(name, stopping);
                using var stop = CancellationTokenSource.CreateLinkedTokenSource(stopping, lease.Lost);
                await work(stop.Token);
            }
            catch (OperationCanceledException)
            {
                // Stopped, or the lease is lost: then it is competed for again.
            }
        }
    }
}
