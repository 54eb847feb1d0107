using System.Diagnostics;
using Payments.Bench.Machine;
using Payments.Bench.Measuring;
using Payments.Bench.WalletPayments;

namespace Payments.Bench.Consoles;

/// <summary>What open consoles cost those who pay: nothing, beyond the noise between the rounds without.</summary>
internal static class ConsolesBench
{
    private const int Seed = 20_260_131;
    private const int WarmUpSeconds = 10;
    private const int SettleSeconds = 3;
    private const int OpenAtOnce = 4;
    private static readonly TimeSpan AroundMax = TimeSpan.FromMinutes(10);

    public static Task<int> RunAsync(ConsolesOptions options, CancellationToken cancel) => Bounded.RunAsync(
        AroundMax + (4 * options.Rounds * TimeSpan.FromSeconds(options.Seconds + SettleSeconds)),
        bounded => MeasureAsync(options, bounded),
        cancel);

    private static async Task MeasureAsync(ConsolesOptions options, CancellationToken cancel)
    {
        var to = System.Console.Out;
        await using var server = await BenchServer.StartAsync(cancel);
        await MachineFacts.PrintAsync(server, to, cancel);
        Progress.Step("starting the platform");
        await using var standalone = await StandaloneProcess.StartAsync(
            server, StandaloneProcess.LogOf(server), cancel, $"--Operators:FirstAdminPassword={Operator.OneTimePassword}");
        using var person = await Operator.SignInAsync(standalone.Gateway, standalone.Console, cancel);
        using var api = new PaymentsApi(standalone.Gateway);
        Progress.Step($"opening {options.Wallets:N0} wallets");
        var bank = await Bank.OpenAsync(api, options.Wallets, cancel);
        var load = new Load(api, bank.NextTransfer, Seed);
        var all = new List<Attempt>();

        Progress.Step($"warming up for {WarmUpSeconds} s");
        all.AddRange(await load.ClosedAsync(options.Callers, In(WarmUpSeconds), cancel));
        var (without, with) = (new List<Sample>(), new List<Sample>());
        var drawings = new Drawings(options.Pages);
        for (var round = 1; round <= options.Rounds; round++)
        {
            without.Add(await SampleAsync($"round {round} of {options.Rounds}, no console"));
            Progress.Step($"opening {options.Consoles} consoles");
            var consoles = await OpenAllAsync(options, person, standalone.Console, cancel);
            try
            {
                with.Add(await SampleAsync($"round {round} of {options.Rounds}, {options.Consoles} consoles", consoles));
            }
            finally
            {
                foreach (var console in consoles)
                    await console.DisposeAsync();
            }
        }

        Progress.Step("checking the money");
        await bank.EnterAsync(api, all, cancel);
        var verdict = await bank.AuditAsync(api, cancel);
        Progress.Clear();
        Print(to, options, without, with, drawings);
        to.WriteLine(verdict);

        async Task<Sample> SampleAsync(string name, IReadOnlyList<OpenConsole>? consoles = null)
        {
            await server.CheckpointAsync(cancel);
            await Task.Delay(TimeSpan.FromSeconds(SettleSeconds), cancel);
            Progress.Step($"{name}: {options.Callers} callers, {options.Seconds} s");
            var until = In(options.Seconds);
            var full = await load.ClosedAsync(options.Callers, until, cancel);
            all.AddRange(full);

            Progress.Step($"{name}: {options.Rate} payments/s, {options.Seconds} s");
            var cpu = Cpu();
            drawings.Begin(consoles);
            var low = await load.OpenAsync(options.Rate, In(options.Seconds), cancel);
            all.AddRange(low);
            var sample = new Sample(
                full.Count(a => a.IsCompleted && a.Ended < until) / (double)options.Seconds,
                new Latencies(low.Where(a => a.IsCompleted).Select(a => a.Ended - a.Begun)),
                (Cpu() - cpu).TotalSeconds / options.Seconds);
            drawings.End(consoles, options.Seconds);
            standalone.MustRun();
            if (consoles?.Select(c => c.Trouble).FirstOrDefault(t => t is not null) is { } trouble)
                throw new NoResultException($"A console did not stay open: {trouble}");
            return sample;
        }

        TimeSpan Cpu() => standalone.CpuTime + CpuTime.OfServer(server);
    }

    private static async Task<IReadOnlyList<OpenConsole>> OpenAllAsync(
        ConsolesOptions options, Operator person, Uri console, CancellationToken cancel)
    {
        var open = new OpenConsole[options.Consoles];
        var several = new ParallelOptions { MaxDegreeOfParallelism = OpenAtOnce, CancellationToken = cancel };
        await Parallel.ForAsync(0, open.Length, several, async (i, stop) =>
            open[i] = await OpenConsole.OpenAsync(
                person.Http, new Uri(console, options.Pages[i % options.Pages.Count]), person.Cookies, stop));
        return open;
    }

    private static void Print(
        TextWriter to, ConsolesOptions options, IReadOnlyList<Sample> without, IReadOnlyList<Sample> with, Drawings drawings)
    {
        to.WriteLine(
            $"{options.Rounds} rounds of each in turns, {options.Seconds} s a measurement; medians, with the least and the most");
        to.WriteLine();
        var table = new Table("", "no console", "", $"{options.Consoles} consoles", "", "ratio");
        Add($"payments/s, {options.Callers} callers", s => s.PerSecond);
        Add($"p50 ms at {options.Rate} payments/s", s => s.Low.PercentileMs(50));
        Add($"p99 ms at {options.Rate} payments/s", s => s.Low.PercentileMs(99));
        Add($"cores used at {options.Rate} payments/s", s => s.Cores);
        table.Print(to);
        to.WriteLine();
        to.WriteLine($"What each console was sent at {options.Rate} payments/s:");
        to.WriteLine();
        drawings.Print(to);
        to.WriteLine();

        void Add(string what, Func<Sample, double> figure)
        {
            var (a, b) = (Ordered(without, figure), Ordered(with, figure));
            table.Add(what, Median(a), Range(a), Median(b), Range(b), $"{Median(b) / Median(a):N3}");
        }
    }

    private static double[] Ordered(IReadOnlyList<Sample> samples, Func<Sample, double> figure) => [.. samples.Select(figure).Order()];

    private static double Median(double[] ordered) => (ordered[(ordered.Length - 1) / 2] + ordered[ordered.Length / 2]) / 2;

    private static string Range(double[] ordered) => $"{Table.Figure(ordered[0])} to {Table.Figure(ordered[^1])}";

    private static long In(int seconds) => Stopwatch.GetTimestamp() + (seconds * Stopwatch.Frequency);

    private sealed record Sample(double PerSecond, Latencies Low, double Cores);
}
