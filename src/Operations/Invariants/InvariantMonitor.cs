using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Payments.EventStore.Subscriptions;

namespace Payments.Operations.Invariants;

/// <summary>
/// Looks at a service's invariants, again and again: one process does, elected by an advisory lock, and every process shows what was found.
/// </summary>
public sealed partial class InvariantMonitor(
    IEnumerable<Invariant> invariants,
    InvariantLook look,
    InvariantStore books,
    InvariantBoard board,
    ILeadership leadership,
    InvariantOptions options,
    TimeProvider clock,
    ILogger<InvariantMonitor> log) : BackgroundService
{
    private static readonly TimeSpan BoardEvery = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.WhenAll(LeadAsync(stoppingToken), ShowAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task LeadAsync(CancellationToken cancel)
    {
        while (true)
        {
            await using var lease = await leadership.AcquireAsync("invariants", cancel);
            using var term = CancellationTokenSource.CreateLinkedTokenSource(cancel, lease.Lost);
            try
            {
                await Task.WhenAll(invariants.Select(i => RepeatAsync(i, term.Token)));
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                // The lock is another's now: stand in line again.
            }
        }
    }

    private async Task RepeatAsync(Invariant invariant, CancellationToken cancel)
    {
        while (true)
        {
            await look.LookAsync(invariant, cancel);
            await Task.Delay(options.Every, clock, cancel);
        }
    }

    private async Task ShowAsync(CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                board.Show(await books.OpenAlertsAsync(cancel));
            }
            catch (Exception trouble) when (trouble is NpgsqlException or TimeoutException)
            {
                // The board goes on showing what was last known; the database has a health check of its own.
                LogTrouble(log, trouble.Message);
            }

            await Task.Delay(BoardEvery, clock, cancel);
        }
    }

    [LoggerMessage(EventId = 4004, Level = LogLevel.Debug, Message = "Could not read the open alerts: {Reason}")]
    private static partial void LogTrouble(ILogger log, string reason);
}
