using Npgsql;
using Payments.Domain.Sagas;
using Payments.EventStore;
using Payments.EventStore.Aggregates;
using Payments.EventStore.Contract;
using Payments.Operations.Clocks;

namespace Payments.SagaService.Sagas;

/// <summary>
/// Tells sagas that their deadline has passed. Deadlines are rows, so they survive restarts; a saga told twice, also by two instances at
/// once, ignores the second time.
/// </summary>
internal sealed partial class SagaClock(
    NpgsqlDataSource database,
    CommandHandler<Saga, SagaEvent> sagas,
    SagaEngine engine,
    [FromKeyedServices(SagaClock.Name)] SetAside aside,
    TimeProvider clock,
    ILogger<SagaClock> log) : BackgroundService
{
    /// <summary>Of the invariant that a saga which cannot be told is an alert of.</summary>
    public const string Name = "deadlines-are-told";

    /// <summary>Read at once, and in one second.</summary>
    private const int SagasMax = 500;

    /// <summary>Told side by side, so that their commits come together.</summary>
    private const int TogetherMax = 8;

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
            var notNow = aside.Now;
            var all = await DueAsync(notNow, cancel);
            if (all.Count < SagasMax)
            {
                aside.KeepOnly(all.Select(d => d.Saga), notNow);
            }

            await Parallel.ForEachAsync(
                all,
                new ParallelOptions { MaxDegreeOfParallelism = TogetherMax, CancellationToken = cancel },
                async (due, each) => await TryNotifyAsync(due.Saga, due.Phase, due.Payment, each));
        }
        catch (Exception trouble) when (trouble is NpgsqlException or StoreUnavailableException or TimeoutException)
        {
            LogTrouble(log, trouble); // The next second tries again: nothing was ticked off.
        }
    }

    // Whatever is wrong with one saga, such as a stream that cannot be folded, the others are told.
    private async Task TryNotifyAsync(Guid saga, string phase, Guid payment, CancellationToken cancel)
    {
        try
        {
            await RingAsync(saga, PhaseNames.StoredOf(phase), payment, cancel);
            aside.Remove(saga);
        }
        catch (Exception bad) when (
            bad is not (NpgsqlException or StoreUnavailableException or TimeoutException or OperationCanceledException))
        {
            if (aside.Add(saga, saga, bad))
            {
                using var scope = log.Of(payment);
                LogSetAside(log, saga, phase, bad);
            }
        }
    }

    private async Task RingAsync(Guid saga, string phase, Guid payment, CancellationToken cancel)
    {
        using var scope = log.Of(payment);
        var told = (Saga: default(Saga), Ignored: false);
        var signal = new Signal.DeadlinePassed(phase);
        await sagas.HandleAsync(
            new(SagaAggregate.Definition.Stream(saga), new Cause(payment, null, "saga-clock", null), (state, now) =>
            {
                var events = engine.React(state, signal, now);
                told = (state, events.IsEmpty);
                return new Domain.Decision<SagaEvent>.Accepted(events);
            }),
            cancel);
        if (told.Ignored)
        {
            SagaMetrics.CountIgnored(signal.Name, told.Saga);
        }
        else
        {
            LogOverdue(log, saga, phase);
        }
    }

    private async Task<List<(Guid Saga, string Phase, Guid Payment)>> DueAsync(Guid[] but, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            "select saga_id, phase, coalesce(payment_id, saga_id) from sagas " +
            "where deadline <= $1 and not overdue and saga_id <> all ($3) order by deadline limit $2");
        command.Parameters.AddWithValue(clock.GetUtcNow().UtcDateTime);
        command.Parameters.AddWithValue(SagasMax);
        command.Parameters.AddWithValue(but);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var due = new List<(Guid, string, Guid)>();
        while (await reader.ReadAsync(cancel))
        {
            due.Add((reader.GetGuid(0), reader.GetString(1), reader.GetGuid(2)));
        }

        return due;
    }

    [LoggerMessage(EventId = 7009, Level = LogLevel.Warning, Message = "Saga {Saga} has heard nothing in time while {Phase}")]
    private static partial void LogOverdue(ILogger log, Guid saga, string phase);

    [LoggerMessage(EventId = 7010, Level = LogLevel.Error,
        Message = "Saga {Saga} cannot be told that it is overdue while {Phase}; it is tried again every minute, and the others go on")]
    private static partial void LogSetAside(ILogger log, Guid saga, string phase, Exception why);

    [LoggerMessage(EventId = 7011, Level = LogLevel.Warning, Message = "Could not look for overdue sagas; trying again")]
    private static partial void LogTrouble(ILogger log, Exception trouble);
}
