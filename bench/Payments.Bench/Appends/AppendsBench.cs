using System.Globalization;
using Npgsql;
using Payments.Bench.Machine;
using Payments.Bench.Measuring;

namespace Payments.Bench.Appends;

/// <summary>Durable appends a second, on the event store and on the plain one, taking turns.</summary>
internal static class AppendsBench
{
    public static async Task<int> RunAsync(AppendsOptions options, CancellationToken cancel)
    {
        await using var server = await BenchServer.StartAsync(cancel);
        await MachineFacts.PrintAsync(server, System.Console.Out, cancel);
        await using var ours = await EventStoreTarget.CreateAsync(await DatabaseAsync(server, "event_store", options, cancel), cancel);
        await using var plain = await PlainStore.CreateAsync(await DatabaseAsync(server, "plain", options, cancel), cancel);

        var table = new Table(
            "callers", "events each", "event store/s", "p50 ms", "p99 ms", "plain store/s", "p50 ms", "p99 ms", "ratio", "least", "most");
        var (ourEvents, plainEvents) = (0L, 0L);
        foreach (var events in options.Events)
        {
            foreach (var callers in options.Callers)
            {
                var rounds = new List<(Measured Ours, Measured Plain)>();
                for (var round = 1; round <= options.Rounds; round++)
                {
                    var what = $"{callers} callers, {events} events each, round {round} of {options.Rounds}";
                    var mine = await MeasureAsync(server, ours, $"event store: {what}", callers, events, options, cancel);
                    var theirs = await MeasureAsync(server, plain, $"plain store: {what}", callers, events, options, cancel);
                    (ourEvents, plainEvents) = (ourEvents + mine.Events, plainEvents + theirs.Events);
                    rounds.Add((mine, theirs));
                }

                AddRow(table, callers, events, rounds);
            }
        }

        await CheckAsync("event store", ours, ourEvents, cancel);
        await CheckAsync("plain store", plain, plainEvents, cancel);
        Progress.Clear();
        System.Console.WriteLine(
            $"Durable appends a second; medians of {options.Rounds} rounds of {options.Seconds} s; pools of {options.Pool} connections.");
        System.Console.WriteLine("Ratio: event store to plain store, round by round.");
        System.Console.WriteLine();
        table.Print(System.Console.Out);
        System.Console.WriteLine();
        System.Console.WriteLine($"Every acknowledged event is there: {ourEvents:N0} in the event store, {plainEvents:N0} in the plain.");
        return 0;
    }

    private static async Task<NpgsqlDataSource> DatabaseAsync(
        BenchServer server, string name, AppendsOptions options, CancellationToken cancel)
    {
        var source = new NpgsqlDataSourceBuilder(await server.CreateDatabaseAsync(name, cancel));
        source.ConnectionStringBuilder.MaxPoolSize = options.Pool;
        source.ConnectionStringBuilder.MaxAutoPrepare = 20;
        return source.Build();
    }

    private static async Task<Measured> MeasureAsync(
        BenchServer server, IAppendTarget target, string what, int callers, int events, AppendsOptions options, CancellationToken cancel)
    {
        Progress.Step(what);
        await server.CheckpointAsync(cancel);
        var (perSecond, latencies, stored) =
            await new AppendLoad(target, callers, events).RunAsync(TimeSpan.FromSeconds(options.Seconds), cancel);
        return new Measured(perSecond, latencies.PercentileMs(50), latencies.PercentileMs(99), stored);
    }

    private static void AddRow(Table table, int callers, int events, List<(Measured Ours, Measured Plain)> rounds)
    {
        var ratios = rounds.Select(r => r.Ours.PerSecond / r.Plain.PerSecond).ToList();
        table.Add(
            callers.ToString(CultureInfo.InvariantCulture),
            events,
            Median(rounds.Select(r => r.Ours.PerSecond)),
            Median(rounds.Select(r => r.Ours.P50Ms)),
            Median(rounds.Select(r => r.Ours.P99Ms)),
            Median(rounds.Select(r => r.Plain.PerSecond)),
            Median(rounds.Select(r => r.Plain.P50Ms)),
            Median(rounds.Select(r => r.Plain.P99Ms)),
            Median(ratios),
            ratios.Min(),
            ratios.Max());
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    private static async Task CheckAsync(string name, IAppendTarget target, long acknowledged, CancellationToken cancel)
    {
        var stored = await target.CountAsync(cancel);
        if (stored != acknowledged)
            throw new NoResultException($"The {name} acknowledged {acknowledged:N0} events and has {stored:N0}: there is no result.");
    }

    private sealed record Measured(double PerSecond, double P50Ms, double P99Ms, long Events);
}
