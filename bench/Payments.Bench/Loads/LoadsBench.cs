using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Payments.Bench.Appends;
using Payments.Bench.Emmett;
using Payments.Bench.Machine;
using Payments.Bench.Measuring;
using Payments.EventStore.Contract;
using Payments.EventStore.Postgres;

namespace Payments.Bench.Loads;

/// <summary>How long it takes to load a wallet of many events: with a snapshot, without, and from the peers, taking turns.</summary>
internal static class LoadsBench
{
    private const int Pool = 4;

    public static async Task<int> RunAsync(LoadsOptions options, CancellationToken cancel)
    {
        await using var server = await BenchServer.StartAsync(cancel);
        await MachineFacts.PrintAsync(server, System.Console.Out, cancel);
        await using var database = await DatabaseAsync(server, "event_store", cancel);
        await SchemaMigrator.MigrateAsync(database, TimeProvider.System, cancel);
        await using var store = new PostgresEventStore("bench", database, TimeProvider.System, NullLogger<PostgresEventStore>.Instance);
        await using var plainDatabase = await DatabaseAsync(server, "plain", cancel);
        await using var plain = options.Peers.Contains(Peer.Plain) ? await PlainStore.CreateAsync(plainDatabase, cancel) : null;
        await using var emmett = options.Peers.Contains(Peer.Emmett)
            ? await EmmettProcess.TryStartAsync(await server.CreateDatabaseAsync("emmett", cancel), Pool, cancel)
            : null;

        List<ILoadContender> contenders =
        [
            new EventStoreLoading("snapshot", store, SampleWallet.Definition(withSnapshots: true)),
            new EventStoreLoading("no snapshot", store, SampleWallet.Definition(withSnapshots: false)),
        ];
        if (plain is not null)
            contenders.Add(new PlainLoading(plainDatabase, SampleWallet.Definition(withSnapshots: false)));
        if (emmett is not null)
            contenders.Add(new EmmettLoading(emmett));

        var table = new Table(["events", .. contenders.SelectMany(c => (string[])[$"{c.Name} p50 ms", "p99 ms"])]);
        var wallets = new Wallets(store, plain, emmett);
        foreach (var size in options.Sizes)
        {
            var times = await MeasureAsync(server, contenders, wallets, size, options, cancel);
            var figures = times.Select(t => new Latencies(t.Select(ms => (long)(ms * System.Diagnostics.Stopwatch.Frequency / 1000))));
            var events = (size + Wallets.EventsAfterSnapshot).ToString("N0", CultureInfo.InvariantCulture);
            table.Add([events, .. figures.SelectMany(f => (object[])[f.PercentileMs(50), f.PercentileMs(99)])]);
        }

        Progress.Clear();
        System.Console.WriteLine(
            $"Loads of one wallet at a time, nothing remembered; {options.Rounds} rounds of {options.Streams} wallets, taking turns.");
        System.Console.WriteLine($"A snapshot is {Wallets.EventsAfterSnapshot} events old. Every load came to the same balance.");
        System.Console.WriteLine();
        table.Print(System.Console.Out);
        return 0;
    }

    private static async Task<List<List<double>>> MeasureAsync(
        BenchServer server, List<ILoadContender> contenders, Wallets wallets, int size, LoadsOptions options, CancellationToken cancel)
    {
        Progress.Step($"laying {options.Streams} wallets of {size + Wallets.EventsAfterSnapshot} events");
        var streams = new List<StreamId>();
        var posted = 0L;
        for (var i = 0; i < options.Streams; i++)
        {
            var (stream, balance) = await wallets.AddAsync(size, cancel);
            streams.Add(stream);
            posted += balance;
        }

        await server.CheckpointAsync(cancel);
        var times = contenders.Select(_ => new List<double>()).ToList();
        for (var round = 0; round <= options.Rounds; round++)
        {
            Progress.Step(round == 0 ? "warming up" : $"{size} events, round {round} of {options.Rounds}");
            foreach (var (contender, its) in contenders.Zip(times))
            {
                var (ms, found) = await contender.LoadAsync(streams, cancel);
                if (found != posted)
                    throw new NoResultException($"{contender.Name} found balances of {found} rather than {posted}: there is no result.");
                if (round > 0)
                    its.AddRange(ms);
            }
        }

        return times;
    }

    private static async Task<NpgsqlDataSource> DatabaseAsync(BenchServer server, string name, CancellationToken cancel)
    {
        var source = new NpgsqlDataSourceBuilder(await server.CreateDatabaseAsync(name, cancel));
        source.ConnectionStringBuilder.MaxPoolSize = Pool;
        source.ConnectionStringBuilder.MaxAutoPrepare = 20;
        return source.Build();
    }
}
