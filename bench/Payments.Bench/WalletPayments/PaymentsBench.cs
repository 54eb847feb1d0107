using System.Diagnostics;
using Payments.Bench.Machine;
using Payments.Bench.Measuring;

namespace Payments.Bench.WalletPayments;

/// <summary>Wallet payments from HTTP to their end, all services on this machine, beside pgbench's TPC-B on the same PostgreSQL.</summary>
internal static class PaymentsBench
{
    private const int Seed = 20_260_131;
    private const double LowLoad = 0.1;
    private const int LowLoadWarmUpSeconds = 2;

    /// <summary>Beyond the times asked for: starting, opening wallets, ending, checking.</summary>
    private static readonly TimeSpan AroundMax = TimeSpan.FromMinutes(10);

    public static Task<int> RunAsync(PaymentsOptions options, CancellationToken cancel) => Bounded.RunAsync(
        AroundMax + TimeSpan.FromSeconds(options.WarmUpSeconds + (2 * options.Seconds) + options.PgbenchSeconds),
        bounded => MeasureAsync(options, bounded),
        cancel);

    private static async Task MeasureAsync(PaymentsOptions options, CancellationToken cancel)
    {
        var to = System.Console.Out;
        await using var server = await BenchServer.StartAsync(cancel);
        await MachineFacts.PrintAsync(server, to, cancel);

        var perSecond = await MeasurePaymentsAsync(options, server, to, cancel);
        if (options.PgbenchSeconds == 0)
            return;

        Progress.Step("pgbench fills its tables");
        var pgbench = await Pgbench.PrepareAsync(server, options.PgbenchScale, cancel);
        await server.CheckpointAsync(cancel);
        Progress.Step($"pgbench TPC-B, {options.PgbenchSeconds} s");
        var (tps, latencyMs) = await pgbench.MeasureAsync(options.PgbenchSeconds, cancel);
        Progress.Clear();
        to.WriteLine();
        to.WriteLine($"{Pgbench.Describe(options.PgbenchScale, options.PgbenchSeconds)}, with the platform stopped:");
        to.WriteLine($"  {Table.Figure(tps)} TPC-B transactions/s, {Table.Figure(latencyMs)} ms each on average");
        to.WriteLine();
        to.WriteLine($"payments/s : TPC-B tps = {Table.Figure(perSecond)} : {Table.Figure(tps)} = {perSecond / tps:N3}");
    }

    private static async Task<double> MeasurePaymentsAsync(
        PaymentsOptions options, BenchServer server, TextWriter to, CancellationToken cancel)
    {
        var log = options.KeepLog ?? StandaloneProcess.LogOf(server);
        Progress.Step("starting the platform");
        await using var standalone = await StandaloneProcess.StartAsync(server, log, cancel);
        using var api = new PaymentsApi(standalone.Gateway);
        Progress.Step($"opening {options.Wallets:N0} wallets");
        var bank = await Bank.OpenAsync(api, options.Wallets, cancel);
        var load = new Load(api, bank.NextTransfer, Seed);

        await server.CheckpointAsync(cancel);
        var full = await PhaseAsync(
            $"{options.Callers} callers", load, options.WarmUpSeconds, options.Seconds,
            until => load.ClosedAsync(options.Callers, until, cancel), cancel);
        standalone.MustRun();
        var table = new Table("load", "payments/s", "until", "p50 ms", "p90 ms", "p99 ms", "max ms");
        AddRows(table, $"{options.Callers} callers, {options.Seconds} s", full);

        var rate = Math.Max(1, full.PerSecond * LowLoad);
        var low = await PhaseAsync(
            $"{Table.Figure(rate)} payments/s", load, LowLoadWarmUpSeconds, options.Seconds,
            until => load.OpenAsync(rate, until, cancel), cancel);
        standalone.MustRun();
        AddRows(table, $"a tenth of that, {options.Seconds} s", low);

        Progress.Step("checking the money");
        var (again, reason) = await bank.EnterAsync(api, [.. full.All, .. low.All], cancel);
        var verdict = await bank.AuditAsync(api, cancel);
        Progress.Clear();
        to.WriteLine("Wallet payments over HTTP, timed from the POST to the answer that it was accepted or has completed");
        to.WriteLine();
        table.Print(to);
        to.WriteLine();
        to.WriteLine(verdict);
        if (again > 0)
            to.WriteLine($"{again} payments had to be asked for again by their key: {reason}");
        return full.PerSecond;
    }

    private static async Task<Phase> PhaseAsync(
        string what, Load load, int warmUpSeconds, int seconds, Func<long, Task<IReadOnlyList<Attempt>>> run, CancellationToken cancel)
    {
        var from = Stopwatch.GetTimestamp() + (warmUpSeconds * Stopwatch.Frequency);
        var until = from + (seconds * Stopwatch.Frequency);
        Progress.Step($"{what}: {warmUpSeconds} s to warm up, {seconds} s measured");
        var running = run(until);
        while (await Task.WhenAny(running, Task.Delay(TimeSpan.FromSeconds(1), cancel)) != running && !running.IsCompleted)
        {
            cancel.ThrowIfCancellationRequested();
            var left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), until).TotalSeconds;
            Progress.Detail($"{what}: {load.Done:N0} payments so far, {Math.Max(0, left):N0} s left");
        }

        return new Phase(await running, from, until, seconds);
    }

    private static void AddRows(Table table, string name, Phase phase)
    {
        Add(name, phase.PerSecond, "completed", phase.EndToEnd);
        Add("", "", "accepted", phase.Post);

        void Add(string load, object perSecond, string until, Latencies latencies) => table.Add(
            load, perSecond, until, latencies.PercentileMs(50), latencies.PercentileMs(90), latencies.PercentileMs(99), latencies.MaxMs);
    }

    /// <summary>What was measured between two moments: payments that completed there.</summary>
    private sealed record Phase(IReadOnlyList<Attempt> All, long From, long Until, int Seconds)
    {
        private readonly List<Attempt> _counted = [.. All.Where(a => a.IsCompleted && a.Ended >= From && a.Ended < Until)];

        public double PerSecond => _counted.Count / (double)Seconds;

        public Latencies EndToEnd => new(_counted.Select(a => a.Ended - a.Begun));

        public Latencies Post => new(_counted.Select(a => a.Accepted - a.Begun));
    }
}
