using System.Globalization;
using Npgsql;
using Payments.Bench.Emmett;
using Payments.Bench.Machine;
using Payments.Bench.Measuring;

namespace Payments.Bench.Appends;

/// <summary>Durable appends a second, on the event store and on its peers, taking turns.</summary>
internal static class AppendsBench
{
    public static async Task<int> RunAsync(AppendsOptions options, CancellationToken cancel)
    {
        await using var server = await BenchServer.StartAsync(cancel);
        await MachineFacts.PrintAsync(server, System.Console.Out, cancel);
        var contenders = await ContendersAsync(server, options, cancel);
        try
        {
            await RunAsync(server, contenders, options, cancel);
        }
        finally
        {
            foreach (var contender in contenders)
                await contender.DisposeAsync();
        }

        return 0;
    }

    private static async Task RunAsync(
        BenchServer server, List<IAppendContender> contenders, AppendsOptions options, CancellationToken cancel)
    {
        // A server that has been up for a while has its memory mapped and writes into log files that it recycles; a new one makes both as
        // it goes, and pays for it by the byte.
        var (callers, events) = (options.Callers.Max(), options.Events.Max());
        var warmUp = await RoundAsync(server, contenders, "warming up", callers, events, options, cancel);
        var acknowledged = warmUp.Select(m => m.Events).ToArray();

        var table = new AppendsTable([.. contenders.Select(c => c.Name)]);
        foreach (var (eventsEach, callersAtOnce) in options.Events.SelectMany(e => options.Callers.Select(c => (e, c))))
        {
            var rounds = new List<Measured[]>();
            for (var round = 1; round <= options.Rounds; round++)
            {
                var what = $"{callersAtOnce} callers, {eventsEach} events each, round {round} of {options.Rounds}";
                rounds.Add(await RoundAsync(server, contenders, what, callersAtOnce, eventsEach, options, cancel));
                acknowledged = [.. acknowledged.Zip(rounds[^1], (sum, measured) => sum + measured.Events)];
            }

            table.Add(callersAtOnce, eventsEach, rounds);
        }

        foreach (var (contender, count) in contenders.Zip(acknowledged))
            await CheckAsync(contender, count, cancel);
        Progress.Clear();
        System.Console.WriteLine(
            $"Durable appends a second; medians of {options.Rounds} rounds of {options.Seconds} s; pools of {options.Pool} connections.");
        System.Console.WriteLine();
        table.Print(System.Console.Out);
        System.Console.WriteLine();
        var counts = contenders.Zip(acknowledged, (c, count) => string.Create(CultureInfo.InvariantCulture, $"{c.Name} {count:N0}"));
        System.Console.WriteLine($"Every acknowledged event is there: {string.Join(", ", counts)}.");
    }

    private static async Task<List<IAppendContender>> ContendersAsync(BenchServer server, AppendsOptions options, CancellationToken cancel)
    {
        var eventStore = await EventStoreTarget.CreateAsync(await DatabaseAsync(server, "event_store", options, cancel), cancel);
        List<IAppendContender> contenders = [new InProcess("event store", eventStore)];
        if (options.Peers.Contains(Peer.Plain))
        {
            var plain = await PlainStore.CreateAsync(await DatabaseAsync(server, "plain", options, cancel), cancel);
            contenders.Add(new InProcess("plain", plain));
        }

        if (options.Peers.Contains(Peer.Emmett)
            && await EmmettProcess.TryStartAsync(await server.CreateDatabaseAsync("emmett", cancel), options.Pool, cancel) is { } emmett)
            contenders.Add(new EmmettPeer(emmett));
        return contenders;
    }

    private static async Task<NpgsqlDataSource> DatabaseAsync(
        BenchServer server, string name, AppendsOptions options, CancellationToken cancel)
    {
        var source = new NpgsqlDataSourceBuilder(await server.CreateDatabaseAsync(name, cancel));
        source.ConnectionStringBuilder.MaxPoolSize = options.Pool;
        source.ConnectionStringBuilder.MaxAutoPrepare = 20;
        return source.Build();
    }

    private static async Task<Measured[]> RoundAsync(
        BenchServer server,
        List<IAppendContender> contenders,
        string what,
        int callers,
        int events,
        AppendsOptions options,
        CancellationToken cancel)
    {
        var measured = new List<Measured>();
        foreach (var contender in contenders)
        {
            Progress.Step($"{contender.Name}: {what}");
            await server.CheckpointAsync(cancel);
            measured.Add(await contender.MeasureAsync(callers, events, options.Seconds, cancel));
        }

        return [.. measured];
    }

    private static async Task CheckAsync(IAppendContender contender, long acknowledged, CancellationToken cancel)
    {
        var stored = await contender.CountAsync(cancel);
        if (stored != acknowledged)
            throw new NoResultException($"{contender.Name} acknowledged {acknowledged:N0} events and has {stored:N0}: there is no result.");
    }
}
