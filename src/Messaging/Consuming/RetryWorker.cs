using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Payments.EventStore.Aggregates;
using Payments.EventStore.Contract;
using Payments.EventStore.Subscriptions;
using Payments.Messaging.Lineages;
using Payments.Messaging.Parking;

namespace Payments.Messaging.Consuming;

/// <summary>Drains parked keys when their time has come. One process per consumer does so; another takes over when it is gone.</summary>
public sealed partial class RetryWorker<TState, TEvent>(
    ConsumerDefinition<TState, TEvent> definition,
    IEventStore store,
    Aggregates<TState, TEvent> aggregates,
    IParkedMessages parked,
    ISourceLineages lineages,
    RetryPolicy retries,
    ILeadership leadership,
    TimeProvider clock,
    ILogger<RetryWorker<TState, TEvent>> log) : BackgroundService
    where TState : class
{
    /// <summary>How long a newly parked message may go unnoticed.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan TroubleRetryAfter = TimeSpan.FromMilliseconds(500);

    private readonly RetryDrain<TState, TEvent> _drain = new(definition, store, aggregates, parked, retries, clock, log, lineages);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        leadership.WorkAsLeaderAsync($"retries of {definition.Name}", RunAsync, stoppingToken);

    private async Task RunAsync(CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                if (!await _drain.DrainAsync(cancel))
                {
                    await Task.Delay(LookEvery, clock, cancel);
                }
            }
            catch (Exception trouble) when (trouble is StoreUnavailableException or NpgsqlException or TimeoutException or IOException)
            {
                // Whether it was stored is not known: what is parked says so when it is read again.
                LogTrouble(log, definition.Name, trouble);
                await Task.Delay(TroubleRetryAfter, clock, cancel);
            }
        }
    }

    [LoggerMessage(EventId = 135, Level = LogLevel.Warning, Message = "Retries of {Consumer} have trouble and go on")]
    private static partial void LogTrouble(ILogger log, string consumer, Exception trouble);
}
