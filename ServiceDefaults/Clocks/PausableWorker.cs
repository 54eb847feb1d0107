using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Payments.ServiceDefaults.Clocks;

/// <summary>
/// Runs background work while the machine's clock is right: stops it when the clock is far off, so that other instances take it over, and
/// starts it again afterwards. The host looks after this service, and so hears of what the work throws.
/// </summary>
internal sealed partial class PausableWorker(BackgroundService work, DatabaseClock clock, ILogger<PausableWorker> log) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    private string Name => work.GetType().Name.Split('`')[0];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                while (!clock.TakesPartWith())
                {
                    await Task.Delay(LookEvery, clock, stoppingToken);
                }

                await work.StartAsync(CancellationToken.None);
                if (await EndsByItselfAsync(work.ExecuteTask!, stoppingToken))
                {
                    return;
                }

                LogPaused(log, Name, ClockLimits.Words(clock.Skew));
                await StopWorkAsync();
                LogReady(log, Name);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
        finally
        {
            await StopWorkAsync();
        }
    }

    private async Task<bool> EndsByItselfAsync(Task running, CancellationToken cancel)
    {
        while (clock.TakesPartWith())
        {
            await Task.WhenAny(running, Task.Delay(LookEvery, clock, cancel));
            cancel.ThrowIfCancellationRequested();
            if (running.IsCompleted)
            {
                await running;
                return true;
            }
        }

        return false;
    }

    // Waits for what it has begun. Cancelled before it had begun anything, it ends as cancelled, which is no fault.
    private async Task StopWorkAsync()
    {
        await work.StopAsync(CancellationToken.None);
        if (work.ExecuteTask is { IsFaulted: true } broken)
        {
            await broken;
        }
    }

    [LoggerMessage(
        EventId = 1005,
        Level = LogLevel.Warning,
        Message = "{Worker} stops: this machine's clock is {Skew}, so others do its work")]
    private static partial void LogPaused(ILogger log, string worker, string skew);

    [LoggerMessage(EventId = 1006, Level = LogLevel.Information, Message = "{Worker} has stopped until this machine's clock is right")]
    private static partial void LogReady(ILogger log, string worker);
}
