using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Payments.Bench.Appends;
using Payments.Bench.Machine;
using Payments.Bench.Measuring;
using Payments.EventStore.Sealing;
using Payments.EventStore.Sealing.Verifying;
using static System.FormattableString;

namespace Payments.Bench.Sealing;

/// <summary>Durable appends a second on one event store, with its sealer at work and without one, taking turns.</summary>
internal static class SealingBench
{
    private static readonly TimeSpan CatchUpWithin = TimeSpan.FromMinutes(5);

    public static async Task<int> RunAsync(SealingOptions options, CancellationToken cancel)
    {
        await using var server = await BenchServer.StartAsync(cancel);
        await MachineFacts.PrintAsync(server, System.Console.Out, cancel);
        // A database of each kind, so that what one round leaves unsealed is no work of another.
        await using var plainDatabase = await DatabaseAsync(server, "plain", cancel);
        await using var sealedDatabase = await DatabaseAsync(server, "sealed", cancel);
        await using var plain = await EventStoreTarget.CreateAsync(plainDatabase, cancel);
        await using var withSealer = await EventStoreTarget.CreateAsync(sealedDatabase, cancel);

        var table = new Table(
            "round", "plain/s", "p99 ms", "CPU µs", "sealed/s", "p99 ms", "CPU µs", "ratio", "behind by", "caught up ms");
        var ratios = new List<double>();
        var cpuRatios = new List<double>();
        for (var round = 1; round <= options.Rounds; round++)
        {
            // Who begins alternates: whatever the machine does meanwhile then favours neither.
            var early = round % 2 == 1 ? await PlainAsync() : null;
            var sealing = await SealedAsync();
            var plainly = early ?? await PlainAsync();
            ratios.Add(sealing.PerSecond / plainly.PerSecond);
            cpuRatios.Add(sealing.CpuMicroseconds / plainly.CpuMicroseconds);
            table.Add(
                round.ToString(CultureInfo.InvariantCulture), plainly.PerSecond, plainly.P99Ms, plainly.CpuMicroseconds,
                sealing.PerSecond, sealing.P99Ms, sealing.CpuMicroseconds, ratios[^1],
                sealing.Behind.ToString("N0", CultureInfo.InvariantCulture), sealing.CaughtUpMs);

            Task<Measured> PlainAsync() =>
                MeasureAsync(server, plain, null, $"without a sealer, round {round} of {options.Rounds}", options, cancel);
            Task<Measured> SealedAsync() =>
                MeasureAsync(server, withSealer, sealedDatabase, $"with a sealer, round {round} of {options.Rounds}", options, cancel);
        }

        Progress.Step("sealing a whole log, then verifying it");
        var seal = await SealWholeAsync(server, plainDatabase, cancel);
        var verifying = Stopwatch.StartNew();
        var report = await new LogVerifier(plainDatabase).VerifyAsync([], cancel);
        var verified = report.Events / verifying.Elapsed.TotalSeconds;
        if ((await new LogVerifier(sealedDatabase).VerifyAsync([], cancel)).FindingsCount + report.FindingsCount > 0)
            throw new NoResultException("A log does not verify: there is no result.");

        Progress.Clear();
        System.Console.WriteLine(
            $"Durable appends a second, {options.Callers} callers, {options.Events} events each, rounds of {options.Seconds} s.");
        System.Console.WriteLine("CPU: of this process and the server, for each event, until all is sealed.");
        System.Console.WriteLine();
        table.Print(System.Console.Out);
        System.Console.WriteLine();
        System.Console.WriteLine(Invariant(
            $"Sealed to plain, medians: {Median(ratios):0.000} of the appends, {Median(cpuRatios):0.000} of the CPU an event"));
        System.Console.WriteLine(Invariant(
            $"Sealing {seal.Events:N0} events by itself: {seal.CpuMicroseconds:0.0} µs of CPU an event, the server's part included"));
        System.Console.WriteLine(Invariant($"Verifying: {verified:N0} events a second"));
        return 0;
    }

    private static double Median(List<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    private static async Task<NpgsqlDataSource> DatabaseAsync(BenchServer server, string name, CancellationToken cancel)
    {
        var source = new NpgsqlDataSourceBuilder(await server.CreateDatabaseAsync(name, cancel));
        source.ConnectionStringBuilder.MaxAutoPrepare = 40;
        return source.Build();
    }

    private static async Task<Measured> MeasureAsync(
        BenchServer server,
        EventStoreTarget target,
        NpgsqlDataSource? toSeal,
        string what,
        SealingOptions options,
        CancellationToken cancel)
    {
        Progress.Step(what);
        await server.CheckpointAsync(cancel);
        var cpuBefore = CpuTime.OfThisProcess() + CpuTime.OfServer(server);
        using var sealer = toSeal is null ? null : NewSealer(toSeal);
        await (sealer?.StartAsync(cancel) ?? Task.CompletedTask);
        var (perSecond, latencies, events) =
            await new AppendLoad(target, options.Callers, options.Events).RunAsync(TimeSpan.FromSeconds(options.Seconds), cancel);

        var catchingUp = Stopwatch.StartNew();
        var head = await target.CountAsync(cancel);
        var behind = toSeal is null ? 0 : head - await SealedUpToAsync(toSeal, cancel);
        while (toSeal is not null && await SealedUpToAsync(toSeal, cancel) < head)
        {
            if (catchingUp.Elapsed > CatchUpWithin)
                throw new NoResultException("The sealer does not catch up: there is no result.");
            await Task.Delay(TimeSpan.FromMilliseconds(5), cancel);
        }

        var cpu = CpuTime.OfThisProcess() + CpuTime.OfServer(server) - cpuBefore;
        var caughtUpMs = toSeal is null ? 0 : catchingUp.Elapsed.TotalMilliseconds;
        await (sealer?.StopAsync(cancel) ?? Task.CompletedTask);
        return new Measured(perSecond, latencies.PercentileMs(99), cpu.TotalMicroseconds / events, behind, caughtUpMs);
    }

    private static async Task<(long Events, double CpuMicroseconds)> SealWholeAsync(
        BenchServer server, NpgsqlDataSource database, CancellationToken cancel)
    {
        var head = await LastPositionAsync(database, cancel);
        var cpuBefore = CpuTime.OfThisProcess() + CpuTime.OfServer(server);
        using var sealer = NewSealer(database);
        await sealer.StartAsync(cancel);
        while (await SealedUpToAsync(database, cancel) < head)
            await Task.Delay(TimeSpan.FromMilliseconds(20), cancel);
        var cpu = CpuTime.OfThisProcess() + CpuTime.OfServer(server) - cpuBefore;
        await sealer.StopAsync(cancel);
        return (head, cpu.TotalMicroseconds / head);
    }

    private static Sealer NewSealer(NpgsqlDataSource database) =>
        new("bench", database, SealLimits.Standard, TimeProvider.System, NullLogger<Sealer>.Instance);

    private static Task<long> LastPositionAsync(NpgsqlDataSource database, CancellationToken cancel) =>
        NumberAsync(database, "select position from log_head", cancel);

    private static Task<long> SealedUpToAsync(NpgsqlDataSource database, CancellationToken cancel) =>
        NumberAsync(database, "select coalesce(max(last_position), 0) from seals", cancel);

    private static async Task<long> NumberAsync(NpgsqlDataSource database, string sql, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    private sealed record Measured(double PerSecond, double P99Ms, double CpuMicroseconds, long Behind, double CaughtUpMs);
}
