using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Payments.EventStore.Contract;

namespace Payments.EventStore;

/// <summary>
/// Follows a gapless log: reads what is stored, then takes what is handed over, and reads again when something is missing in between.
/// </summary>
internal static class LogTail
{
    /// <summary>How long a reader that hears nothing waits before it looks for itself: covers a lost notification.</summary>
    private static readonly TimeSpan LookAnywayAfter = TimeSpan.FromSeconds(1);

    public static async IAsyncEnumerable<IReadOnlyList<StoredEvent>> FollowAsync(
        CommitFeed feed,
        Func<long, int, CancellationToken, Task<IReadOnlyList<StoredEvent>>> read,
        long afterPosition,
        int batchMax,
        TimeProvider clock,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        var handedOver = feed.Subscribe(out var subscription);
        using var whenDone = subscription;
        var last = afterPosition;
        while (true)
        {
            var stored = await read(last, batchMax, cancel);
            if (stored.Count > 0)
            {
                last = stored[^1].Position;
                yield return stored;
                continue;
            }

            while (await NextAsync(handedOver, clock, cancel) is { Count: > 0 } committed)
            {
                if (committed[^1].Position <= last)
                {
                    continue;
                }

                if (committed[0].Position > last + 1)
                {
                    break; // Another process committed in between, or the buffer was full: the log knows.
                }

                var fresh = committed[0].Position == last + 1 ? committed : [.. committed.Where(e => e.Position > last)];
                last = fresh[^1].Position;
                foreach (var part in fresh.Chunk(batchMax))
                {
                    yield return part;
                }
            }
        }
    }

    // Empty: look into the log, whether woken or because nothing was heard for long.
    private static async Task<IReadOnlyList<StoredEvent>> NextAsync(
        ChannelReader<IReadOnlyList<StoredEvent>> handedOver, TimeProvider clock, CancellationToken cancel)
    {
        if (handedOver.TryRead(out var ready))
        {
            return ready;
        }

        using var limit = new CancellationTokenSource(LookAnywayAfter, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        try
        {
            return await handedOver.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return [];
        }
    }
}
