using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Payments.EventStore.Sealing;

/// <summary>
/// Seals a database's log behind its back: one sealer per database, elected by an advisory lock, until it is told to stop.
/// </summary>
/// <remarks>
/// Appends neither wait for it nor write for it. What was appended since the newest seal is not sealed: about a second's worth, more while
/// appends go on faster than some thousand events a second, and all that was appended while no sealer ran, until one has caught up.
/// </remarks>
public sealed partial class Sealer(
    string name, NpgsqlDataSource database, SealLimits limits, TimeProvider clock, ILogger<Sealer> log) : BackgroundService
{
    private const long LockId = 0x7365616c6572; // "sealer"

    private static readonly TimeSpan LockRetryAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TroubleRetryAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BrokenRetryAfter = TimeSpan.FromMinutes(1);

    private volatile SealMark? _newest;

    /// <summary>The newest seal that this sealer knows of; null before the first, and while another process seals.</summary>
    public SealMark? Newest => _newest;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var retryAfter = TroubleRetryAfter;
            try
            {
                await RunAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (BrokenLogException broken)
            {
                LogBroken(log, name, broken.Message);
                retryAfter = BrokenRetryAfter;
            }
            catch (Exception trouble) when (trouble is NpgsqlException or IOException or TimeoutException or InvalidOperationException)
            {
                LogTrouble(log, name, trouble.Message);
            }

            _newest = null;
            await Task.Delay(retryAfter, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task RunAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        try
        {
            while (!await TryLockAsync(connection, cancel))
            {
                await Task.Delay(LockRetryAfter, clock, cancel);
            }

            var run = await SealingRun.OpenAsync(connection, limits, clock, cancel);
            _newest = run.Newest;
            while (true)
            {
                var (began, headBefore) = (clock.GetTimestamp(), run.Head);
                var seal = await run.SealNextAsync(cancel);
                if (seal is not null)
                {
                    _newest = seal.Mark;
                    LogSealed(log, name, seal.FirstPosition, seal.LastPosition, seal.Mark);
                }

                var isBehind = seal is not null && seal.LastPosition < run.Head;
                var rest = !isBehind ? limits.Every
                    : run.Head > headBefore ? clock.GetElapsedTime(began) * limits.RestFactor
                    : TimeSpan.Zero;
                if (rest > TimeSpan.Zero)
                {
                    await Task.Delay(rest, clock, cancel);
                }
            }
        }
        finally
        {
            // The lock belongs to the session, and a pooled session outlives us: it is closed for good when it goes back.
            // (NpgsqlConnection.ClearPool knows nothing of the pool of a data source.)
            database.Clear();
        }
    }

    private static async Task<bool> TryLockAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"select pg_try_advisory_lock({LockId})", connection);
        return (bool)(await command.ExecuteScalarAsync(cancel))!;
    }

    [LoggerMessage(EventId = 2009, Level = LogLevel.Debug, Message = "Sealed {Database} from position {First} to {Last}: {Seal}")]
    private static partial void LogSealed(ILogger log, string database, long first, long last, SealMark seal);

    [LoggerMessage(EventId = 2010, Level = LogLevel.Warning, Message = "The sealer of {Database} stopped and starts again: {Reason}")]
    private static partial void LogTrouble(ILogger log, string database, string reason);

    [LoggerMessage(EventId = 2011, Level = LogLevel.Error,
        Message = "The log {Database} cannot be sealed any further, because somebody wrote into it: {What} "
            + "Run ./payments verify; trying again in a minute")]
    private static partial void LogBroken(ILogger log, string database, string what);
}
