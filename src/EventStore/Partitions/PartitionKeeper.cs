using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Payments.EventStore.Partitions;

/// <summary>Makes the partitions of the months ahead, and watches the default partition, where events go that no month takes.</summary>
/// <remarks>
/// Nothing is lost in the default partition, but it grows without end and cannot be archived: so a person is told by the log, by the health
/// check <c>partitions</c> (degraded) and by a metric. Usually a clock ran ahead. <c>make_event_partition</c> moves a month out of it.
/// </remarks>
/// <param name="name">The name of the log.</param>
public sealed partial class PartitionKeeper(string name, NpgsqlDataSource database, TimeProvider clock, ILogger<PartitionKeeper> log)
    : BackgroundService, IHealthCheck
{
    internal const int MonthsAhead = 3;

    private static readonly TimeSpan Every = TimeSpan.FromHours(1);
    private static readonly Meter Meter = new("Payments.EventStore");
    private static readonly Gauge<long> DefaultEvents = Meter.CreateGauge<long>(
        "payments.event_store.default_partition.events", "{event}", "Events that are in the partition of no month. Should be 0.");

    private volatile string? _problem;

    /// <summary>Makes what is missing and looks into the default partition, once.</summary>
    /// <returns>How many events the default partition holds, by month.</returns>
    /// <exception cref="NpgsqlException">The database is in trouble, or too busy to let a partition be attached.</exception>
    public async Task<IReadOnlyDictionary<Month, long>> KeepAsync(CancellationToken cancel)
    {
        var misplaced = new SortedDictionary<Month, long>();
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using (var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new(LockPatience.Sql),
                new("select ensure_event_partitions($1, $2)")
                {
                    Parameters = { new() { Value = clock.GetUtcNow().UtcDateTime }, new() { Value = MonthsAhead } },
                },
                new("select date_trunc('month', recorded_at at time zone 'utc')::date, count(*) from events_default group by 1"),
            },
        })
        await using (var reader = await batch.ExecuteReaderAsync(cancel))
        {
            await reader.NextResultAsync(cancel);
            while (await reader.ReadAsync(cancel))
            {
                misplaced[new Month(reader.GetFieldValue<DateOnly>(0))] = reader.GetInt64(1);
            }
        }

        await transaction.CommitAsync(cancel);
        return misplaced;
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_problem is { } problem ? HealthCheckResult.Degraded(problem) : HealthCheckResult.Healthy());

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        try
        {
            do
            {
                await LookAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task LookAsync(CancellationToken cancel)
    {
        try
        {
            IReadOnlyDictionary<Month, long> misplaced = new Dictionary<Month, long>();
            await LockPatience.TryAsync(async () => misplaced = await KeepAsync(cancel), clock, cancel);
            var count = misplaced.Values.Sum();
            DefaultEvents.Record(count, new KeyValuePair<string, object?>("log", name));
            _problem = count == 0 ? null : $"{count} events are in the default partition.";
            if (count > 0)
            {
                var months = string.Join(", ", misplaced.Select(m => $"{m.Key}: {m.Value}"));
                LogMisplaced(log, name, count, months, misplaced.Keys.First().FirstDay);
            }
        }
        catch (NpgsqlException trouble)
        {
            _problem = "Partitions could not be made.";
            LogTrouble(log, name, MonthsAhead, trouble);
        }
    }

    [LoggerMessage(EventId = 2004, Level = LogLevel.Warning, Message =
        "{Name}: {Count} events are in the default partition ({Months}). Look for a clock that is wrong; then move each month out of it: " +
        "select make_event_partition('{FirstDay:yyyy-MM-dd}')")]
    private static partial void LogMisplaced(ILogger log, string name, long count, string months, DateOnly firstDay);

    [LoggerMessage(EventId = 2005, Level = LogLevel.Error, Message =
        "{Name}: the partitions of this month and {MonthsAhead} ahead could not be made or looked at; trying again in an hour. " +
        "While this month has none, its events go to the default partition. To try by hand: select ensure_event_partitions(now(), 3)")]
    private static partial void LogTrouble(ILogger log, string name, int monthsAhead, Exception trouble);
}

/// <summary>Registers the keeper of a log's partitions.</summary>
public static class PartitionKeeping
{
    /// <param name="log">The name of the log.</param>
    public static IServiceCollection AddPartitionKeeper(this IServiceCollection services, string log)
    {
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<PartitionKeeper>(provider, log));
        services.AddHostedService(provider => provider.GetRequiredService<PartitionKeeper>());
        services.AddHealthChecks().AddCheck<PartitionKeeper>("partitions");
        return services;
    }
}
