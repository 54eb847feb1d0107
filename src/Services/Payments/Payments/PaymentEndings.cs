using Npgsql;
using Payments.Contracts.Wire;
using Payments.Domain.Payments;
using Payments.EventStore.Contract;
using Payments.Hosting;

namespace Payments.PaymentService.Payments;

/// <summary>Wakes those who wait for a payment or a refund to end, as that is committed, by whichever instance.</summary>
internal sealed partial class PaymentEndings(IEventStore store, TimeProvider clock, ILogger<PaymentEndings> log) : BackgroundService
{
    private static readonly TimeSpan TroubleRetryAfter = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, List<Waiter>> _waiting = [];

    /// <summary>What there is to show of a payment or refund as soon as it has ended, or what there is when the time is over.</summary>
    /// <param name="find">Reads it; null when there is none, for which nobody waits.</param>
    public async Task<T?> FindEndedAsync<T>(Guid id, TimeSpan atMost, Func<Task<T?>> find, Func<T, bool> hasEnded, CancellationToken cancel)
        where T : class
    {
        if (atMost == TimeSpan.Zero)
        {
            return await find();
        }

        using var waiter = WaitFor(id);
        if (await find() is var found && (found is null || hasEnded(found)))
        {
            return found;
        }

        await waiter.Ended.WaitAsync(atMost, clock, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancel.ThrowIfCancellationRequested();
        return await find();
    }

    /// <summary>Starts to wait; dispose afterwards.</summary>
    /// <remarks>Ask before looking whether it has ended already, so that no ending falls in between.</remarks>
    private Waiter WaitFor(Guid id)
    {
        var waiter = new Waiter(this, id);
        lock (_gate)
        {
            if (!_waiting.TryGetValue(id, out var waiters))
            {
                _waiting[id] = waiters = [];
            }

            waiters.Add(waiter);
        }

        return waiter;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await FollowAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception trouble) when (trouble is NpgsqlException or IOException or TimeoutException)
            {
                LogTrouble(log, trouble); // Meanwhile waiters run into their own time limit and read the row then.
                await Task.Delay(TroubleRetryAfter, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task FollowAsync(CancellationToken cancel)
    {
        await foreach (var batch in store.TailAsync(await store.LastPositionAsync(cancel), 1_000, cancel))
        {
            foreach (var e in batch)
            {
                switch (e.Type)
                {
                    case "payment.completed.v1" or "payment.failed.v1":
                        Notify(e.Metadata.CorrelationId);
                        break;
                    case "payment.refund-completed.v1" or "payment.refund-failed.v1":
                        WakeRefund(e);
                        break;
                }
            }
        }
    }

    // An event that cannot be read wakes nobody: who waits for it finds out by time. The others are woken all the same.
    private void WakeRefund(StoredEvent e)
    {
        try
        {
            switch (StoredEvents.Decode<PaymentEvent>(e))
            {
                case PaymentEvent.RefundCompleted ended:
                    Notify(ended.Refund.Value);
                    break;
                case PaymentEvent.RefundFailed ended:
                    Notify(ended.Refund.Value);
                    break;
            }
        }
        catch (WireFormatException corrupt)
        {
            LogCorrupt(log, e.Position, corrupt);
        }
    }

    private void Notify(Guid id)
    {
        lock (_gate)
        {
            foreach (var waiter in _waiting.GetValueOrDefault(id) ?? [])
            {
                waiter.Notify();
            }
        }
    }

    private void Remove(Waiter waiter)
    {
        lock (_gate)
        {
            if (_waiting.TryGetValue(waiter.Id, out var waiters) && waiters.Remove(waiter) && waiters.Count == 0)
            {
                _waiting.Remove(waiter.Id);
            }
        }
    }

    [LoggerMessage(
        EventId = 5001,
        Level = LogLevel.Error,
        Message = "The event at position {Position} cannot be read: nobody is woken by it")]
    private static partial void LogCorrupt(ILogger log, long position, Exception corrupt);

    [LoggerMessage(EventId = 5002, Level = LogLevel.Warning, Message = "Lost sight of the log; looking again")]
    private static partial void LogTrouble(ILogger log, Exception trouble);

    /// <summary>One who waits for one payment or refund.</summary>
    private sealed class Waiter(PaymentEndings endings, Guid id) : IDisposable
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Guid Id => id;

        public Task Ended => _ended.Task;

        public void Notify() => _ended.TrySetResult();

        public void Dispose() => endings.Remove(this);
    }
}
