using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Payments.ServiceDefaults.Clocks;
using Payments.ServiceDefaults.Health;

namespace Payments.Operations.Clocks;

/// <summary>
/// Writes down that this instance's clock is off, as long as it is, for <see cref="ClocksAgree"/>; and looks whether the log's time is
/// ahead of the database's, which is left by a wrong clock of before the database's time counted, or by a server that was set back.
/// </summary>
internal sealed partial class ClockReports(NpgsqlDataSource database, DatabaseClock clock, ILogger<ClockReports> log)
    : BackgroundService, IHealthCheck
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    private readonly string _instance = $"{Environment.MachineName}-{Environment.ProcessId}-{clock.GetTimestamp():x}";
    private TimeSpan _logAhead;
    private bool _reported;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_logAhead <= ClockLimits.Tolerated
            ? HealthCheckResult.Healthy()
            : HealthNotes.Result(HealthStatus.Degraded, ClocksAgree.LogAhead(_logAhead)));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        try
        {
            do
            {
                await TryReportAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task TryReportAsync(CancellationToken cancel)
    {
        try
        {
            if (!clock.IsTolerated())
            {
                await ExecuteAsync(
                    "insert into instance_clocks as c (instance, skew_ms, seen_at) values ($1, $2, clock_timestamp()) " +
                    "on conflict (instance) do update set skew_ms = excluded.skew_ms, seen_at = excluded.seen_at",
                    cancel,
                    _instance,
                    (long)clock.Skew.TotalMilliseconds);
                _reported = true;
            }
            else if (_reported)
            {
                await ExecuteAsync(
                    "delete from instance_clocks where instance = $1 or seen_at < clock_timestamp() - interval '1 day'", cancel, _instance);
                _reported = false;
            }

            _logAhead = await ClocksAgree.LogAheadAsync(database, cancel);
        }
        catch (NpgsqlException trouble)
        {
            LogTrouble(log, trouble.Message); // The next look tries again.
        }
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancel, params IEnumerable<object> parameters)
    {
        await using var command = database.CreateCommand(sql);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        }

        await command.ExecuteNonQueryAsync(cancel);
    }

    [LoggerMessage(
        EventId = 4001,
        Level = LogLevel.Debug,
        Message = "The state of this instance's clock could not be written down: {Reason}")]
    private static partial void LogTrouble(ILogger log, string reason);
}
