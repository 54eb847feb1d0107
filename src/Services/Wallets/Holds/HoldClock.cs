using Npgsql;
using Payments.Domain;
using Payments.Domain.Wallets;
using Payments.EventStore;
using Payments.EventStore.Aggregates;
using Payments.EventStore.Contract;
using Payments.Operations.Clocks;
using Payments.WalletService.Wallets;

namespace Payments.WalletService.Holds;

/// <summary>
/// Gives back what was held for too long. Expiries are rows, so they survive restarts; a wallet that is told twice, or by two processes,
/// does nothing the second time.
/// </summary>
internal sealed partial class HoldClock(
    NpgsqlDataSource database,
    CommandHandler<Wallet, WalletEvent> wallets,
    [FromKeyedServices(HoldClock.Name)] SetAside aside,
    TimeProvider clock,
    ILogger<HoldClock> log) : BackgroundService
{
    /// <summary>Of the invariant that a hold which cannot be given back is an alert of.</summary>
    public const string Name = "holds-expire";

    private const int HoldsMax = 500;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await TryNotifyAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task TryNotifyAsync(CancellationToken cancel)
    {
        try
        {
            await RingAsync(cancel);
        }
        catch (Exception trouble) when (trouble is NpgsqlException or StoreUnavailableException or TimeoutException)
        {
            LogTrouble(log, trouble); // The next second tries again: nothing was ticked off.
        }
    }

    private async Task RingAsync(CancellationToken cancel)
    {
        var notNow = aside.Now;
        var due = await DueAsync(notNow, cancel);
        if (due.Count < HoldsMax)
        {
            aside.KeepOnly(due.Select(d => d.Hold), notNow);
        }

        foreach (var (hold, wallet, operation) in due)
        {
            using var scope = log.Of(operation);
            var cause = new Cause(operation, null, "hold-clock", null);
            var command = new WalletCommand.ExpireHold(new HoldId(hold));
            try
            {
                var stream = WalletAggregate.Definition.Stream(wallet);
                await wallets.HandleAsync(new(stream, cause, (state, now) => Wallet.Decide(state, command, now)), cancel);
                aside.Remove(hold);
                LogExpired(log, hold, wallet);
            }
            catch (Exception bad) when (
                bad is not (NpgsqlException or StoreUnavailableException or TimeoutException or OperationCanceledException))
            {
                // One that cannot be stored, or a wallet that cannot be folded, does not keep the others waiting.
                if (aside.Add(hold, wallet, bad))
                {
                    LogSetAside(log, hold, wallet, bad);
                }
            }
        }
    }

    private async Task<List<(Guid Hold, Guid Wallet, Guid Operation)>> DueAsync(Guid[] but, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            "select hold_id, wallet_id, operation_id from holds " +
            "where expires_at <= $1 and hold_id <> all ($3) order by expires_at limit $2");
        command.Parameters.AddWithValue(clock.GetUtcNow().UtcDateTime);
        command.Parameters.AddWithValue(HoldsMax);
        command.Parameters.AddWithValue(but);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var due = new List<(Guid, Guid, Guid)>();
        while (await reader.ReadAsync(cancel))
        {
            due.Add((reader.GetGuid(0), reader.GetGuid(1), reader.GetGuid(2)));
        }

        return due;
    }

    [LoggerMessage(EventId = 6002, Level = LogLevel.Information, Message = "Hold {Hold} of wallet {Wallet} has expired")]
    private static partial void LogExpired(ILogger log, Guid hold, Guid wallet);

    [LoggerMessage(EventId = 6006, Level = LogLevel.Error,
        Message = "Hold {Hold} of wallet {Wallet} cannot be given back; it is tried again every minute, and the others go on")]
    private static partial void LogSetAside(ILogger log, Guid hold, Guid wallet, Exception why);

    [LoggerMessage(EventId = 6004, Level = LogLevel.Warning, Message = "Could not look for expired holds; trying again")]
    private static partial void LogTrouble(ILogger log, Exception trouble);
}
