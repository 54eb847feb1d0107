using Npgsql;
using Payments.Domain.Sagas;
using Payments.EventStore;
using Payments.EventStore.Aggregates;

namespace Payments.SagaService.Sagas;

/// <summary>Tells sagas that their deadline has passed. Deadlines are rows, so they survive restarts; a saga told twice ignores the second time.</summary>
internal sealed partial class SagaClock(
    NpgsqlDataSource database, CommandHandler<Saga, SagaEvent> sagas, SagaEngine engine, TimeProvider clock, ILogger<SagaClock> log) : BackgroundService
{
    private const int SagasMax = 500;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await TryRingAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task TryRingAsync(CancellationToken cancel)
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
        foreach (var (saga, phase) in await DueAsync(cancel))
        {
            var stream = SagaAggregate.Definition.Stream(saga);
            var cause = new Cause(saga, null, "saga-clock", null);
            await sagas.HandleAsync(
                stream, cause, (state, now) => SagaAggregate.Decide(engine, state, new Signal.DeadlinePassed(phase), now), _ => null, cancel);
            LogOverdue(log, saga, phase);
        }
    }

    private async Task<List<(Guid Saga, string Phase)>> DueAsync(CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            "select saga_id, phase from sagas where deadline <= $1 and not overdue order by deadline limit $2");
        command.Parameters.AddWithValue(clock.GetUtcNow().UtcDateTime);
        command.Parameters.AddWithValue(SagasMax);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var due = new List<(Guid, string)>();
        while (await reader.ReadAsync(cancel))
        {
            due.Add((reader.GetGuid(0), reader.GetString(1)));
        }

        return due;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Saga {Saga} has heard nothing in time while {Phase}")]
    private static partial void LogOverdue(ILogger log, Guid saga, string phase);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Could not look for overdue sagas; trying again")]
    private static partial void LogTrouble(ILogger log, Exception trouble);
}
