using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Payments.Bench.Machine;
using Payments.Bench.Measuring;
using Payments.EventStore.Postgres;
using Payments.EventStore.Projections;

namespace Payments.Bench.Rebuilds;

/// <summary>How fast a projection is rebuilt beside the one that serves, and how fast the log is read and followed.</summary>
internal static class RebuildBench
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(10);

    public static async Task<int> RunAsync(RebuildOptions options, CancellationToken cancel)
    {
        await using var server = await BenchServer.StartAsync(cancel);
        await MachineFacts.PrintAsync(server, System.Console.Out, cancel);
        var source = new NpgsqlDataSourceBuilder(await server.CreateDatabaseAsync("rebuild", cancel));
        source.ConnectionStringBuilder.MaxAutoPrepare = 40;
        await using var database = source.Build();
        await SchemaMigrator.MigrateAsync(database, TimeProvider.System, cancel);
        await using (var schema = database.CreateCommand(Balances.Schema))
            await schema.ExecuteNonQueryAsync(cancel);
        await using var store = new PostgresEventStore("bench", database, TimeProvider.System, NullLogger<PostgresEventStore>.Instance);
        var filler = new LogFiller(store, options.Streams);

        Progress.Step($"filling the log with {options.Events:N0} events over {options.Streams:N0} streams");
        await filler.AppendAsync(options.Events, cancel);

        var table = new Table("what", "events", "seconds", "events/s");
        using (var host = new ProjectionHost(
            store, database, [Balances.Projection], TimeProvider.System, () => new Random(1), NullLoggerFactory.Instance))
        {
            var control = new ProjectionControl(database, TimeProvider.System);
            await host.StartAsync(cancel);
            Progress.Step("the projection catches up for the first time");
            await UntilAsync(control, p => p.Lag == 0, cancel);
            for (var round = 1; round <= options.Rounds; round++)
            {
                Progress.Step($"rebuild, round {round} of {options.Rounds}");
                await server.CheckpointAsync(cancel);
                var seconds = await RebuildAsync(control, cancel);
                table.Add($"rebuild beside the one that serves, round {round}", options.Events, seconds, options.Events / seconds);
                await CheckAsync(database, options.Events, filler.Sum, cancel);
            }

            await host.StopAsync(cancel);
        }

        await Tailing.MeasureAsync(store, filler, options, table, cancel);
        Progress.Clear();
        table.Print(System.Console.Out);
        System.Console.WriteLine();
        System.Console.WriteLine(
            "A rebuild counts from its begin to the moment the new table serves; each was checked against the sum of all amounts.");
        return 0;
    }

    private static async Task<double> RebuildAsync(ProjectionControl control, CancellationToken cancel)
    {
        if (await control.RebuildAsync("balances", cancel) is not ProjectionAnswer.Accepted)
            throw new NoResultException("The rebuild was refused.");
        var begun = await UntilAsync(control, p => p.Rebuild?.StartedAt is not null, cancel);
        var ended = await UntilAsync(control, p => p.Rebuild is null, cancel);
        return (ended.RebuiltAt!.Value - begun.Rebuild!.StartedAt!.Value).TotalSeconds;
    }

    private static async Task<ProjectionStatus> UntilAsync(
        ProjectionControl control, Func<ProjectionStatus, bool> isSo, CancellationToken cancel)
    {
        while (true)
        {
            if (await control.ListAsync(cancel) is [var projection])
            {
                if (isSo(projection))
                    return projection;
                if (projection.Rebuild?.Error is { } error)
                    throw new NoResultException($"The rebuild failed: {error}");
                if (projection.Rebuild is { EventsPerSecond: { } rate, Position: { } position })
                    Progress.Detail($"rebuild: {position:N0} of {projection.LastPosition:N0}, {rate:N0} events/s");
            }

            await Task.Delay(LookEvery, TimeProvider.System, cancel);
        }
    }

    private static async Task CheckAsync(NpgsqlDataSource database, long events, long sum, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("select sum(events)::bigint, sum(balance)::bigint from balances");
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        if ((reader.GetInt64(0), reader.GetInt64(1)) != (events, sum))
            throw new NoResultException($"The rebuilt table has {reader.GetInt64(0):N0} events of {events:N0}: there is no result.");
    }
}
