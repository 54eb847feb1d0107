using Npgsql;

namespace Payments.PaymentService.Analytics;

/// <summary>
/// Deletes counts that are older than they are kept, a few at a time: by the database's clock, whichever instance comes first.
/// </summary>
internal sealed partial class CountsRetention(
    NpgsqlDataSource database, AnalyticsOptions options, TimeProvider clock, ILogger<CountsRetention> log) : BackgroundService
{
    internal const int BatchMax = 5_000;

    private static readonly TimeSpan Every = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan BetweenBatches = TimeSpan.FromMilliseconds(100);

    /// <returns>How many rows were deleted.</returns>
    internal async Task<long> CleanAsync(CancellationToken cancel) =>
        await CleanAsync("payment_seconds", "second", TimeSpan.FromHours(options.SecondsKeptHours), cancel)
        + await CleanAsync("payment_minutes", "minute", TimeSpan.FromDays(options.MinutesKeptDays), cancel);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    LogDeleted(log, await CleanAsync(stoppingToken));
                }
                catch (NpgsqlException trouble)
                {
                    LogTrouble(log, trouble);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task<long> CleanAsync(string table, string time, TimeSpan kept, CancellationToken cancel)
    {
        for (var deleted = 0L; ; await Task.Delay(BetweenBatches, clock, cancel))
        {
            await using var command = database.CreateCommand(
                $"delete from {table} where ctid = any (array(" +
                $"select ctid from {table} where {time} < now() - $1 order by {time} limit {BatchMax} for update skip locked))");
            command.Parameters.AddWithValue(kept);
            var count = await command.ExecuteNonQueryAsync(cancel);
            deleted += count;
            if (count < BatchMax)
            {
                return deleted;
            }
        }
    }

    [LoggerMessage(EventId = 195, Level = LogLevel.Debug, Message = "Deleted {Count} counts of payments by second and minute")]
    private static partial void LogDeleted(ILogger log, long count);

    [LoggerMessage(EventId = 196, Level = LogLevel.Warning,
        Message = "Old counts of payments cannot be deleted now; trying again in ten minutes")]
    private static partial void LogTrouble(ILogger log, Exception trouble);
}
