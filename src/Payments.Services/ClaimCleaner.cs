using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Payments.Services;

/// <summary>Forgets idempotency keys that are older than the promise made for them.</summary>
internal sealed partial class ClaimCleaner(NpgsqlDataSource database, TimeProvider clock, ILogger<ClaimCleaner> log) : BackgroundService
{
    /// <summary>The API promises 24 hours; the second day is for clients that retry over a night.</summary>
    private static readonly TimeSpan KeptFor = TimeSpan.FromHours(48);

    private static readonly TimeSpan Every = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await CleanAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task CleanAsync(CancellationToken cancel)
    {
        try
        {
            await using var command = database.CreateCommand("delete from claims where claimed_at < $1");
            command.Parameters.AddWithValue((clock.GetUtcNow() - KeptFor).UtcDateTime);
            LogForgotten(log, await command.ExecuteNonQueryAsync(cancel));
        }
        catch (NpgsqlException trouble)
        {
            LogTrouble(log, trouble); // The next hour tries again.
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Forgot {Count} idempotency keys")]
    private static partial void LogForgotten(ILogger log, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Could not clean idempotency keys; trying again in an hour")]
    private static partial void LogTrouble(ILogger log, Exception trouble);
}
