using System.CommandLine;
using System.Diagnostics;
using Payments.Bench.Machine;
using Payments.Bench.Measuring;
using Payments.Bench.WalletPayments;
using Payments.Tools;

namespace Payments.Bench.Starts;

/// <summary>
/// How long it takes from the start of Standalone in an empty folder to the end of the first payment: beside the start of a PostgreSQL in
/// an empty folder, which is a part of it.
/// </summary>
internal static class StartsBench
{
    private static readonly TimeSpan Max = TimeSpan.FromMinutes(20);

    public static Command Command()
    {
        var rounds = new NumberOption("--rounds", 5, 1, 100, "how often");
        var command = new Command("starts", """
            From the start in an empty folder to the first completed payment, beside the start of a PostgreSQL.

            The platform has a PostgreSQL of its own; the payment is one between two new wallets. By turns. What is built is not built
            anew.
            """) { rounds };
        command.SetAction((parsed, cancel) =>
            Bounded.RunAsync(Max, bounded => MeasureAsync(parsed.GetValue(rounds), bounded), cancel));
        return command;
    }

    private static async Task MeasureAsync(int rounds, CancellationToken cancel)
    {
        var to = System.Console.Out;
        var (postgres, ready, paid) = (new List<long>(), new List<long>(), new List<long>());
        await using (var server = await BenchServer.StartAsync(cancel))
            await MachineFacts.PrintAsync(server, to, cancel);

        for (var round = 1; round <= rounds; round++)
        {
            Progress.Step($"round {round} of {rounds}");
            var started = Stopwatch.GetTimestamp();
            await using (await BenchServer.StartAsync(cancel))
                postgres.Add(Stopwatch.GetTimestamp() - started);

            using var folder = new TemporaryFolder();
            started = Stopwatch.GetTimestamp();
            await using var standalone = await StandaloneProcess.StartAloneAsync(folder.Path, cancel);
            ready.Add(Stopwatch.GetTimestamp() - started);
            await PayAsync(standalone, cancel);
            paid.Add(Stopwatch.GetTimestamp() - started);
        }

        Progress.Clear();
        to.WriteLine($"Milliseconds from the start in an empty folder, {rounds} times each, by turns");
        to.WriteLine();
        var table = new Table("until", "min", "p50", "max", "ratio");
        var peer = new Latencies(postgres);
        Add("PostgreSQL alone answers", peer);
        Add("Standalone is ready", new Latencies(ready));
        Add("a payment is completed", new Latencies(paid));
        table.Print(to);

        void Add(string what, Latencies times) => table.Add(
            what, times.PercentileMs(0), times.PercentileMs(50), times.MaxMs, times.PercentileMs(50) / peer.PercentileMs(50));
    }

    // Two wallets, a deposit in each, and the first payment.
    private static async Task PayAsync(StandaloneProcess standalone, CancellationToken cancel)
    {
        using var api = new PaymentsApi(standalone.Gateway);
        var bank = await Bank.OpenAsync(api, 2, cancel);
        var payment = await Attempt.MakeAsync(api, bank.Transfer(new Random(1), 0, 1), Guid.NewGuid(), 0, cancel);
        if (!payment.IsCompleted)
            throw new NoResultException($"The first payment is {payment.Status ?? payment.Trouble}.");
    }
}
