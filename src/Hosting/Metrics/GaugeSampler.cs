using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Payments.EventStore.Contract;

namespace Payments.Hosting.Metrics;

/// <summary>Asks the database from time to time for what no single process knows, and shows it as gauges.</summary>
internal sealed partial class GaugeSampler(
    IEventStore store, NpgsqlDataSource database, IEnumerable<SampledQuery> queries, TimeProvider clock, ILogger<GaugeSampler> log)
    : BackgroundService
{
    /// <summary>As often as Prometheus usually scrapes.</summary>
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    private readonly IReadOnlyList<SampledQuery> _queries = [.. queries];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        try
        {
            do
            {
                await SampleAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
        finally
        {
            Forget();
        }
    }

    private async Task SampleAsync(CancellationToken cancel)
    {
        try
        {
            foreach (var query in _queries)
            {
                await SampleAsync(query, cancel);
            }
        }
        catch (Exception trouble) when (trouble is NpgsqlException or TimeoutException or IOException)
        {
            Forget(); // No value is better than one that only looks like it were of now.
            LogTrouble(log, store.Name, trouble.Message);
        }
    }

    private async Task SampleAsync(SampledQuery query, CancellationToken cancel)
    {
        var found = query.Gauges.Keys.ToDictionary(gauge => gauge, _ => new List<Sample>());
        await using var command = database.CreateCommand(query.Sql);
        command.Parameters.AddWithValue(clock.GetUtcNow().UtcDateTime);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var labels = Enumerable.Range(2, reader.FieldCount - 2).Where(i => !reader.IsDBNull(i)).Select(reader.GetString);
            found[reader.GetString(0)].Add(new Sample(Convert.ToDouble(reader.GetValue(1), null), [.. labels]));
        }

        foreach (var (gauge, samples) in found)
        {
            query.Gauges[gauge].Show(store.Name, samples);
        }
    }

    private void Forget()
    {
        foreach (var gauge in _queries.SelectMany(q => q.Gauges.Values))
        {
            gauge.Forget(store.Name);
        }
    }

    [LoggerMessage(EventId = 4005, Level = LogLevel.Debug, Message = "The gauges of {Source} cannot be read now: {Reason}")]
    private static partial void LogTrouble(ILogger log, string source, string reason);
}
