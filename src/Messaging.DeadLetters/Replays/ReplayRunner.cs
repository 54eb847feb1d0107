using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Payments.EventStore.Aggregates;
using Payments.EventStore.Contract;
using Payments.EventStore.Subscriptions;
using Payments.Messaging.Consuming;
using Payments.Messaging.Parking;

namespace Payments.Messaging.DeadLetters.Replays;

/// <summary>
/// Carries replays out, one after the other, at the rate that was agreed. One process per consumer does so; when it is gone, another goes
/// on.
/// </summary>
public sealed partial class ReplayRunner<TState, TEvent>(
    ConsumerDefinition<TState, TEvent> definition,
    IEventStore store,
    Aggregates<TState, TEvent> aggregates,
    ReplayStore books,
    RetryPolicy retries,
    EditRule edits,
    ILeadership leadership,
    TimeProvider clock,
    ILogger<ReplayRunner<TState, TEvent>> log) : BackgroundService
    where TState : class
{
    /// <summary>How long a new replay, or one that is resumed, may go unnoticed.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan TroubleRetryAfter = TimeSpan.FromMilliseconds(500);

    /// <summary>Setting a plan going takes a moment: what is that old will never be.</summary>
    private static readonly TimeSpan PlanLife = TimeSpan.FromHours(1);

    private readonly ReplayBatch<TState, TEvent> _batch = new(definition, store, aggregates, books, retries, edits, clock, log);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        leadership.WorkAsLeaderAsync($"replays of {definition.Name}", RunAsync, stoppingToken);

    private async Task RunAsync(CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                await books.ForgetPlansAsync(clock.GetUtcNow() - PlanLife, cancel);
                await DoAllAsync(cancel);
                await Task.Delay(LookEvery, clock, cancel);
            }
            catch (Exception trouble) when (trouble is StoreUnavailableException or NpgsqlException or TimeoutException or IOException)
            {
                // Whether it was stored is not known: the items say so when they are read again.
                LogTrouble(log, definition.Name, trouble);
                await Task.Delay(TroubleRetryAfter, clock, cancel);
            }
        }
    }

    private async Task DoAllAsync(CancellationToken cancel)
    {
        while (await books.FindRunningAsync(cancel) is { } replay)
        {
            var started = clock.GetTimestamp();
            var done = await _batch.RunAsync(replay.Id, ReplayRules.BatchOf(replay.Counts, replay.RatePerSecond), cancel);
            if (done == 0)
            {
                return; // Overtaken: it is looked at again in a moment.
            }

            var pause = TimeSpan.FromSeconds((double)done / replay.RatePerSecond) - clock.GetElapsedTime(started);
            if (pause > TimeSpan.Zero)
            {
                await Task.Delay(pause, clock, cancel);
            }
        }
    }

    [LoggerMessage(EventId = 137, Level = LogLevel.Warning, Message = "Replays of {Consumer} have trouble and go on")]
    private static partial void LogTrouble(ILogger log, string consumer, Exception trouble);
}
