using Npgsql;
using Payments.ServiceDefaults.Configuration;

namespace Payments.Gateway.Operators;

/// <summary>
/// Gives the operators' database its schema and the first admin. Payments do not need it: a gateway that starts while it is away serves
/// whoever has an API key, says so, and makes the database ready as soon as it answers.
/// </summary>
internal sealed partial class OperatorsDatabase(
    DatabaseSchema schema, FirstAdmin firstAdmin, TimeProvider clock, ILogger<OperatorsDatabase> log) : IHostedService, IDisposable
{
    /// <summary>So long a start waits for it: enough for one that is there, however much is to be migrated.</summary>
    private static readonly TimeSpan StartWaits = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryAfterAtMost = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _stop = new();
    private Task _waiting = Task.CompletedTask;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(StartWaits, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await MakeReadyAsync(either.Token);
        }
        catch (Exception away) when (IsAway(away) || (patience.IsCancellationRequested && !cancellationToken.IsCancellationRequested))
        {
            LogAway(away.Message);
            _waiting = WaitAsync(_stop.Token);
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _waiting.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _stop.Dispose();

    /// <summary>Whether it is the database that is in trouble, not what is asked of it.</summary>
    public static bool IsAway(Exception fault) =>
        fault is NpgsqlException { IsTransient: true } or TimeoutException
            or PostgresException { SqlState: PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidCatalogName }
            or PostgresException { SqlState: ['5', '7', 'P', ..] };

    private async Task WaitAsync(CancellationToken cancel)
    {
        for (var pause = RetryAfter; ; pause = pause * 2 < RetryAfterAtMost ? pause * 2 : RetryAfterAtMost)
        {
            await Task.Delay(pause, clock, cancel);
            try
            {
                await MakeReadyAsync(cancel);
                LogReady();
                return;
            }
            catch (Exception away) when (IsAway(away))
            {
                LogStillAway(away.Message);
            }
            catch (Exception fault) when (fault is NpgsqlException or InvalidOperationException)
            {
                LogCannot(fault); // A start would end here. Payments that go on are worth more.
            }
        }
    }

    private async Task MakeReadyAsync(CancellationToken cancel)
    {
        await schema.MigrateAsync(cancel);
        await firstAdmin.EnsureAsync(cancel);
    }

    [LoggerMessage(
        8005,
        LogLevel.Warning,
        "The operators' database is away: nobody can sign in until it answers, payments with API keys go on. Trying again: {Reason}")]
    private partial void LogAway(string reason);

    [LoggerMessage(8006, LogLevel.Information, "The operators' database is still away: {Reason}")]
    private partial void LogStillAway(string reason);

    [LoggerMessage(8007, LogLevel.Error, "The operators' database cannot be made ready; trying again.")]
    private partial void LogCannot(Exception fault);

    [LoggerMessage(8008, LogLevel.Warning, "The operators' database is there, and ready: operators can sign in.")]
    private partial void LogReady();
}
