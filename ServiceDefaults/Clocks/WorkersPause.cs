using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Payments.ServiceDefaults;

/// <summary>
/// Stops the background work of a host while its clock is far off, so that other instances take it over, and starts it again when the
/// clock is right.
/// </summary>
/// <param name="stays">Workers that go on all the same: they watch, and change nothing that matters.</param>
internal sealed partial class WorkersPause(
    IServiceProvider provider, DatabaseClock clock, IReadOnlySet<Type> stays, ILogger<WorkersPause> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(500);

    private List<BackgroundService> Workers => [.. provider.GetServices<IHostedService>()
        .OfType<BackgroundService>()
        .Where(w => w is not (WorkersPause or ClockMeasuring) && !stays.Contains(w.GetType()))];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        List<BackgroundService> paused = [], restarted = [];
        try
        {
            do
            {
                if (paused.Count == 0 && !clock.TakesPartWith())
                {
                    LogPaused(log, ClockLimits.Words(clock.Skew));
                    paused = Workers;
                    await PauseAsync(paused, stoppingToken);
                }
                else if (paused.Count > 0 && clock.TakesPartWith())
                {
                    foreach (var worker in paused)
                    {
                        await worker.StartAsync(stoppingToken);
                    }

                    LogResumed(log);
                    (paused, restarted) = ([], paused);
                }
                else if (paused.Count == 0 && restarted.FirstOrDefault(w => w.ExecuteTask is { IsFaulted: true }) is { } broken)
                {
                    await broken.ExecuteTask!; // A bug: the host looks after what it has started itself, and after this service.
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    // Each first hears that it is to end; then all are waited for, as long as it takes: what has begun is finished.
    private static async Task PauseAsync(IReadOnlyList<BackgroundService> workers, CancellationToken cancel)
    {
        await Task.WhenAll(workers.Select(w => w.StopAsync(cancel)));
        cancel.ThrowIfCancellationRequested();
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "This machine's clock is {Skew}: this instance takes no part until it is right")]
    private static partial void LogPaused(ILogger log, string skew);

    [LoggerMessage(Level = LogLevel.Warning, Message = "This machine's clock is right again: this instance takes part again")]
    private static partial void LogResumed(ILogger log);
}
