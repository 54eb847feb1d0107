namespace Payments.SagaService.Cards;

/// <summary>Rings for one who sleeps until something is to be done. Rings while awake are one ring at the next sleep.</summary>
internal sealed class WakeSignal : IDisposable
{
    private readonly SemaphoreSlim _rung = new(0, 1);
    private readonly Lock _lock = new();

    public void Notify()
    {
        lock (_lock)
        {
            if (_rung.CurrentCount == 0)
            {
                _rung.Release();
            }
        }
    }

    /// <summary>Sleeps until it rings, at most for a while.</summary>
    public async Task SleepAsync(TimeSpan longest, TimeProvider clock, CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(longest, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        try
        {
            await _rung.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
        }
    }

    public void Dispose() => _rung.Dispose();
}
