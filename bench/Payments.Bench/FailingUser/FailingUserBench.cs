using System.Diagnostics;
using Payments.Bench.Machine;
using Payments.Bench.Measuring;
using Payments.Bench.WalletPayments;

namespace Payments.Bench.FailingUser;

/// <summary>
/// What a user on whose messages a consumer fails costs all the others: nothing, beyond the noise between before and after.
/// </summary>
internal static class FailingUserBench
{
    private const int Seed = 20_260_131;
    private const int WarmUpSeconds = 5;
    private static readonly TimeSpan Max = TimeSpan.FromMinutes(10);

    public static Task<int> RunAsync(FailingUserOptions options, CancellationToken cancel) =>
        Bounded.RunAsync(Max, bounded => MeasureAsync(options, bounded), cancel);

    private static async Task MeasureAsync(FailingUserOptions options, CancellationToken cancel)
    {
        var to = System.Console.Out;
        await using var server = await BenchServer.StartAsync(cancel);
        await MachineFacts.PrintAsync(server, to, cancel);
        Progress.Step("starting the platform");
        await using var standalone = await StandaloneProcess.StartAsync(server, StandaloneProcess.LogOf(server), cancel);
        using var api = new PaymentsApi(standalone.Gateway);
        Progress.Step($"opening {options.Wallets:N0} wallets");
        var bank = await Bank.OpenAsync(api, options.Wallets, cancel);
        var others = new Load(api, random => bank.NextTransfer(random, among: options.Wallets - 2), Seed);
        var failing = new Load(api, random => bank.Transfer(random, options.Wallets - 1, options.Wallets - 2), Seed);

        var table = new Table("the others' payments", "completed", "p50 ms", "p90 ms", "p99 ms", "max ms");
        var all = new List<Attempt>();
        Progress.Step("warming up");
        all.AddRange(await others.OpenAsync(options.Rate, In(WarmUpSeconds), cancel));
        await PhaseAsync("before", () => Task.CompletedTask);

        var user = Bank.UserOf(options.Wallets - 1);
        Task<IReadOnlyList<Attempt>> blocked = Task.FromResult<IReadOnlyList<Attempt>>([]);
        await PhaseAsync($"while it fails on {user}", async () =>
        {
            await api.PlantFailureAsync(user, options.Seconds, cancel);
            blocked = failing.OpenAsync(options.FailingRate, In(options.Seconds), cancel);
        });
        var late = await blocked;
        all.AddRange(late);
        await PhaseAsync("after", () => Task.CompletedTask);
        standalone.MustRun();

        Progress.Step("checking the money");
        await bank.EnterAsync(api, all, cancel);
        var verdict = await bank.AuditAsync(api, cancel);
        Progress.Clear();
        to.WriteLine($"{options.Rate} payments/s, {options.Seconds} s each, timed from when they were due to when they had completed");
        to.WriteLine();
        table.Print(to);
        to.WriteLine();
        var waits = new Latencies(late.Where(a => a.IsCompleted).Select(a => a.Ended - a.Begun));
        to.WriteLine(
            $"{late.Count:N0} payments of {user} waited for the end of it and then completed: " +
            $"p50 {Table.Figure(waits.PercentileMs(50) / 1_000)} s, " +
            $"max {Table.Figure(waits.MaxMs / 1_000)} s.");
        to.WriteLine(verdict);

        async Task PhaseAsync(string name, Func<Task> begin)
        {
            Progress.Step($"{name}: {options.Seconds} s");
            await begin();
            var done = await others.OpenAsync(options.Rate, In(options.Seconds), cancel);
            all.AddRange(done);
            var completed = done.Where(a => a.IsCompleted).ToList();
            var latencies = new Latencies(completed.Select(a => a.Ended - a.Begun));
            table.Add(
                name, completed.Count, latencies.PercentileMs(50), latencies.PercentileMs(90), latencies.PercentileMs(99), latencies.MaxMs);
        }
    }

    private static long In(int seconds) => Stopwatch.GetTimestamp() + (seconds * Stopwatch.Frequency);
}
