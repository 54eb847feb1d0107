using Npgsql;
using Payments.EventStore;

namespace Payments.PaymentService.Payments;

/// <summary>Wakes those who wait for a payment to end, as its last event is committed, by whichever instance.</summary>
internal sealed partial class PaymentEndings(IEventStore store, TimeProvider clock, ILogger<PaymentEndings> log) : BackgroundService
{
    private static readonly TimeSpan TroubleRetryAfter = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, List<Waiter>> _waiting = [];

    /// <summary>Starts to wait. Ask before looking whether the payment has ended already, so that no ending falls in between; dispose afterwards.</summary>
    public Waiter WaitFor(Guid payment)
    {
        var waiter = new Waiter(this, payment);
        lock (_gate)
        {
            if (!_waiting.TryGetValue(payment, out var waiters))
            {
                _waiting[payment] = waiters = [];
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
                if (e.Type is "payment.completed.v1" or "payment.failed.v1")
                {
                    Wake(e.Metadata.CorrelationId);
                }
            }
        }
    }

    private void Wake(Guid payment)
    {
        lock (_gate)
        {
            foreach (var waiter in _waiting.GetValueOrDefault(payment) ?? [])
            {
                waiter.Wake();
            }
        }
    }

    private void Remove(Waiter waiter)
    {
        lock (_gate)
        {
            if (_waiting.TryGetValue(waiter.Payment, out var waiters) && waiters.Remove(waiter) && waiters.Count == 0)
            {
                _waiting.Remove(waiter.Payment);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Lost sight of the log; looking again")]
    private static partial void LogTrouble(ILogger log, Exception trouble);

    /// <summary>One who waits for one payment.</summary>
    internal sealed class Waiter(PaymentEndings endings, Guid payment) : IDisposable
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Guid Payment => payment;

        public Task Ended => _ended.Task;

        public void Wake() => _ended.TrySetResult();

        public void Dispose() => endings.Remove(this);
    }
}
