using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Payments.ServiceDefaults.Clocks;

/// <summary>Asks the database for the time, once a second, and says when the machine's clock is off.</summary>
/// <param name="waits">Whether the host starts only when the time is known. Without the database such a host could do nothing.</param>
internal sealed partial class ClockMeasuring(
    NpgsqlDataSource database, DatabaseClock clock, bool waits, ILogger<ClockMeasuring> log) : BackgroundService
{
    private const int AttemptsMax = 60;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly Meter Meter = new("Payments.ServiceDefaults");
    private static readonly Gauge<double> Skew = Meter.CreateGauge<double>(
        "payments.clock.skew", "s", "How far this instance's clock is ahead of the database's; negative: behind.");

    private bool _told;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; waits; attempt++)
        {
            try
            {
                await MeasureAsync(cancellationToken);
                break;
            }
            catch (NpgsqlException notYet) when (notYet.IsTransient && attempt < AttemptsMax)
            {
                LogWaiting(log, notYet.Message);
                await Task.Delay(Every, clock, cancellationToken);
            }
        }

        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        try
        {
            do
            {
                await TryMeasureAsync(stoppingToken);
                Tell();
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task TryMeasureAsync(CancellationToken cancel)
    {
        using var late = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        try
        {
            await MeasureAsync(either.Token);
        }
        catch (Exception trouble) when (
            trouble is NpgsqlException or IOException or TimeoutException
            || trouble is OperationCanceledException && !cancel.IsCancellationRequested)
        {
            LogUnknown(log, trouble.Message); // The monotonic clock carries the time on; the database's own health check tells of the rest.
        }
    }

    private async Task MeasureAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var command = new NpgsqlCommand("select clock_timestamp()", connection);
        var askedAt = clock.GetTimestamp(); // Opening a connection may take long.
        var time = (DateTime)(await command.ExecuteScalarAsync(cancel))!;
        clock.Measured(askedAt, new DateTimeOffset(time));
    }

    private void Tell()
    {
        if (!clock.IsMeasured)
        {
            return;
        }

        var skew = clock.Skew;
        Skew.Record(skew.TotalSeconds);
        if (clock.IsTolerated() == _told)
        {
            _told = !_told;
            if (_told)
            {
                LogOff(log, ClockLimits.Words(skew), ClockLimits.TakesPart.TotalSeconds);
            }
            else
            {
                LogRight(log);
            }
        }
    }

    [LoggerMessage(EventId = 1001, Level = LogLevel.Warning, Message = "Waiting for the database to tell the time: {Reason}")]
    private static partial void LogWaiting(ILogger log, string reason);

    [LoggerMessage(EventId = 1002, Level = LogLevel.Debug, Message = "The database does not tell the time: {Reason}")]
    private static partial void LogUnknown(ILogger log, string reason);

    [LoggerMessage(EventId = 1003, Level = LogLevel.Error, Message =
        "This machine's clock is {Skew}. All that is decided here goes by the database's time. " +
        "Beyond {Limit} s this instance takes no part. Mend the machine's time service")]
    private static partial void LogOff(ILogger log, string skew, double limit);

    [LoggerMessage(EventId = 1004, Level = LogLevel.Information, Message = "This machine's clock agrees with the database's again")]
    private static partial void LogRight(ILogger log);
}
