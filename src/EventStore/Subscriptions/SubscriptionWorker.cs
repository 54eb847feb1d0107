using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Payments.EventStore.Contract;

namespace Payments.EventStore.Subscriptions;

/// <summary>Works on one subscription: waits for its turn among all processes, catches up, then follows. Nothing is ever skipped.</summary>
/// <param name="random">For the jitter between attempts; of this worker alone.</param>
public sealed partial class SubscriptionWorker(
    IEventStore store,
    ICheckpoints checkpoints,
    ILeadership leadership,
    SubscriptionDefinition definition,
    TimeProvider clock,
    Random random,
    ILogger<SubscriptionWorker> log) : BackgroundService
{
    /// <summary>How soon a pause, a resumption or another version is noticed by a worker that is not at work.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    /// <summary>Long enough for one that stands by to go first.</summary>
    private static readonly TimeSpan CompeteAgainAfter = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan MeasureEvery = TimeSpan.FromSeconds(5);

    private SubscriptionState _state = SubscriptionState.Waiting;
    private long _position;
    private int _failures;

    public string Name => definition.Name;

    /// <summary>What this worker is doing; other processes' workers are in <see cref="ICheckpoints.ListAsync"/>.</summary>
    public SubscriptionState State => _state;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => RunAsync(stoppingToken);

    internal async Task RunAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var lease = await leadership.AcquireAsync(definition.Name, stoppingToken);
                using var work = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lease.Lost);
                Task[] tasks = [WorkAsync(work.Token), MeasureAsync(work.Token)];
                try
                {
                    await await Task.WhenAny(tasks); // Throws a bug, which is for the host to see.
                }
                catch (Exception) when (work.IsCancellationRequested)
                {
                    // Stopped in the middle of a batch, which may end in any way: nobody has moved the checkpoint.
                    if (!stoppingToken.IsCancellationRequested)
                    {
                        LogLost(log, definition.Name);
                    }
                }
                finally
                {
                    await work.CancelAsync();
                    await Task.WhenAll(tasks).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
            }

            _state = SubscriptionState.Waiting;
            SubscriptionMetrics.Left(store.Name, definition.Name);
            await Task.Delay(CompeteAgainAfter, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Returns when the checkpoint belongs to another version: a process that has that one should get the lock.</summary>
    private async Task WorkAsync(CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                var checkpoint = await checkpoints.ReadAsync(definition.Name, definition.Version, cancel);
                if (checkpoint.Version != definition.Version)
                {
                    await BecomeAsync(SubscriptionState.OtherVersion, null, cancel);
                    await Task.Delay(LookEvery, clock, cancel);
                    return;
                }

                if (checkpoint.Paused)
                {
                    await BecomeAsync(SubscriptionState.Paused, null, cancel);
                    await Task.Delay(LookEvery, clock, cancel);
                    continue;
                }

                await FollowAsync(checkpoint.Position, cancel);
            }
            catch (Exception failure) when (!cancel.IsCancellationRequested)
            {
                // Whatever a handler throws: the same batch again, for as long as it takes, and everybody can see it.
                _failures++;
                SubscriptionMetrics.Failed(store.Name, definition.Name);
                LogFailure(log, definition.Name, _failures, Interlocked.Read(ref _position), failure);
                await BecomeAsync(SubscriptionState.Retrying, $"{failure.GetType().Name}: {failure.Message}", cancel);
                await Task.Delay(Backoff.After(_failures, random), clock, cancel);
            }
        }
    }

    /// <summary>Returns when the checkpoint is no longer ours to move.</summary>
    private async Task FollowAsync(long position, CancellationToken cancel)
    {
        Interlocked.Exchange(ref _position, position);
        var caughtUp = await CatchUpAsync(position, cancel);
        if (caughtUp is { } from)
        {
            _failures = 0; // Whatever failed before is behind it.
            await BecomeAsync(SubscriptionState.Live, null, cancel);
            await new LiveTail(store, definition, clock).FollowAsync(from, ApplyAsync, cancel);
        }
    }

    /// <returns>How far it has come, or null when the checkpoint is no longer ours to move.</returns>
    private async Task<long?> CatchUpAsync(long position, CancellationToken cancel)
    {
        while (true)
        {
            var last = await store.LastPositionAsync(cancel);
            if (position >= last)
            {
                return position;
            }

            await BecomeAsync(SubscriptionState.CatchingUp, null, cancel);
            var wanted = await store.ReadAllAsync(position, definition.BatchMax, definition.Filter, cancel);

            // Fewer than asked for: all that was stored has been looked at.
            var read = wanted.Count == 0 ? position : wanted[^1].Position;
            var upTo = wanted.Count == definition.BatchMax ? read : Math.Max(read, last);
            if (!await ApplyAsync(wanted, position, upTo, cancel))
            {
                return null;
            }

            position = upTo;
        }
    }

    private async Task<bool> ApplyAsync(IReadOnlyList<StoredEvent> wanted, long from, long to, CancellationToken cancel)
    {
        var moved = wanted.Count > 0
            ? await definition.Effects.ApplyAsync(definition, wanted, from, to, cancel)
            : await checkpoints.MoveAsync(definition.Name, definition.Version, from, to, cancel);
        if (!moved)
        {
            return false;
        }

        Interlocked.Exchange(ref _position, to);
        SubscriptionMetrics.Handled(store.Name, definition.Name, wanted.Count);
        if (_failures > 0)
        {
            _failures = 0;
            await BecomeAsync(SubscriptionState.CatchingUp, null, cancel);
        }

        return true;
    }

    private async Task BecomeAsync(SubscriptionState state, string? error, CancellationToken cancel)
    {
        // Between failures it tries, but is not well yet.
        if ((state == _state && state != SubscriptionState.Retrying) || (_failures > 0 && state == SubscriptionState.CatchingUp))
        {
            return;
        }

        _state = state;
        try
        {
            await checkpoints.NoteAsync(definition.Name, state, _failures, error, cancel);
        }
        catch (Exception unreachable) when (unreachable is NpgsqlException or IOException or TimeoutException)
        {
            LogUnnoted(log, definition.Name, state, unreachable.Message); // The work itself will meet the same trouble.
        }
    }

    private async Task MeasureAsync(CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                var last = await store.LastPositionAsync(cancel);
                SubscriptionMetrics.Lag(store.Name, definition.Name, last - Interlocked.Read(ref _position));
            }
            catch (Exception unreachable) when (unreachable is NpgsqlException or IOException or TimeoutException)
            {
                LogUnnoted(log, definition.Name, _state, unreachable.Message);
            }

            await Task.Delay(MeasureEvery, clock, cancel);
        }
    }

    [LoggerMessage(EventId = 140, Level = LogLevel.Error,
        Message = "Subscription {Name} failed {Failures} times in a row after position {Position}; it tries again")]
    private static partial void LogFailure(ILogger log, string name, int failures, long position, Exception failure);

    [LoggerMessage(EventId = 141, Level = LogLevel.Warning, Message = "Subscription {Name} lost its lock and competes for it again")]
    private static partial void LogLost(ILogger log, string name);

    [LoggerMessage(EventId = 142, Level = LogLevel.Warning,
        Message = "Subscription {Name} is {State}, which cannot be noted now: {Reason}")]
    private static partial void LogUnnoted(ILogger log, string name, SubscriptionState state, string reason);
}
