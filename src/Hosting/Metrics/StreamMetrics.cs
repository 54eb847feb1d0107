using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Payments.EventStore.Contract;
using Payments.EventStore.Postgres;
using Payments.EventStore.Subscriptions;

namespace Payments.Hosting.Metrics;

/// <summary>What is to be measured of the events of a log.</summary>
/// <param name="Filter">Which events.</param>
/// <param name="Observe">Takes them in order. Whatever it measures is in memory: nothing to take back.</param>
public sealed record MeasuredEvents(EventFilter Filter, Func<IReadOnlyList<StoredEvent>, CancellationToken, Task> Observe);

/// <summary>
/// The consumer that turns events into metrics. One process of a service has it at a time; each event is counted once, but for the moment
/// of a crash, so sums over all instances are true. It begins with what is new when it is first started: history is in the tables.
/// </summary>
internal sealed class StreamMetrics(
    IEventStore store,
    LogDatabase databases,
    MeasuredEvents measured,
    TimeProvider clock,
    Random random,
    ILoggerFactory logs) : BackgroundService
{
    public const string Name = "metrics";

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>Nobody looks more often than that, and the checkpoint need not move with every commit.</summary>
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var database = databases.RequireDirect("The lock of the metrics");
        var checkpoints = new PostgresCheckpoints(database, clock);
        var subscription = new SubscriptionDefinition
        {
            Name = Name,
            Filter = measured.Filter,
            Linger = Linger,
            Effects = SubscriptionEffects.Outside(checkpoints, measured.Observe),
        };
        using var worker = new SubscriptionWorker(
            store,
            checkpoints,
            new PostgresLeadership(database, clock, logs.CreateLogger<PostgresLeadership>()),
            subscription,
            clock,
            random,
            logs.CreateLogger<SubscriptionWorker>());
        await BeginAtEndAsync(database, stoppingToken);
        await worker.StartAsync(stoppingToken);
        await worker.ExecuteTask!; // Ends with the process, or by a bug, which is for the host to see.
    }

    private async Task BeginAtEndAsync(NpgsqlDataSource database, CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                await using var insert = database.CreateCommand(
                    "insert into checkpoints (name, version, position, moved_at, state, state_since) " +
                    "select $1, 1, position, $2, 'waiting', $2 from log_head on conflict do nothing");
                insert.Parameters.AddWithValue(Name);
                insert.Parameters.AddWithValue(clock.GetUtcNow().UtcDateTime);
                await insert.ExecuteNonQueryAsync(cancel);
                return;
            }
            catch (Exception trouble) when (trouble is NpgsqlException or TimeoutException or IOException)
            {
                await Task.Delay(RetryAfter, clock, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
        }
    }
}

/// <summary>Wires what a service measures.</summary>
public static class MetricsRegistration
{
    /// <summary>The gauges that all services have.</summary>
    internal static WebApplicationBuilder AddLogGauges(this WebApplicationBuilder builder)
    {
        builder.Services.AddHostedService<GaugeSampler>();
        return builder.AddGauges(LogGauges.Query);
    }

    /// <summary>Gauges of a service's own tables.</summary>
    public static WebApplicationBuilder AddGauges(this WebApplicationBuilder builder, SampledQuery query)
    {
        builder.Services.AddSingleton(query);
        return builder;
    }

    /// <summary>Has the events of the service's log measured as they are committed.</summary>
    public static WebApplicationBuilder AddMeasuredEvents(this WebApplicationBuilder builder, Func<IEventStore, MeasuredEvents> measured)
    {
        builder.Services.AddHostedService(provider => ActivatorUtilities.CreateInstance<StreamMetrics>(
            provider, measured(provider.GetRequiredService<IEventStore>()), new Random()));
        return builder;
    }
}
