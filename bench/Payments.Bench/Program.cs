using System.CommandLine;
using System.CommandLine.Help;
using System.Runtime.InteropServices;
using Npgsql;
using Payments.Bench;
using Payments.Bench.Appends;
using Payments.Bench.Consoles;
using Payments.Bench.FailingUser;
using Payments.Bench.Lists;
using Payments.Bench.Loads;
using Payments.Bench.Rebuilds;
using Payments.Bench.Sealing;
using Payments.Bench.ServiceCalls;
using Payments.Bench.Starts;
using Payments.Bench.WalletPayments;
using Payments.Standalone;

const int Failure = 1;
const int BadUsage = 2;

using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
var benchmarks = new Command("bench", """
    Runs a benchmark, each beside its peer, in one run.

    Each starts a PostgreSQL of its own in a temporary folder, durable, and measures itself and its peer on it. Ctrl-C stops it and leaves
    nothing behind.
    """)
{
    AppendsOptions.Command(), SealingOptions.Command(), LoadsOptions.Command(), PaymentsOptions.Command(), FailingUserOptions.Command(),
    ConsolesOptions.Command(), ListsOptions.Command(), RebuildOptions.Command(), StartsBench.Command(), ServiceCallsBench.Command(),
};
try
{
    string[] given = args is [] or ["help", ..] ? ["--help"] : args;
    var parsed = new Command("./payments") { new HelpOption(), benchmarks }
        .Parse([benchmarks.Name, .. given], new ParserConfiguration { ResponseFileTokenReplacer = null });
    if (parsed.Errors.Count > 0)
    {
        System.Console.Error.WriteLine(string.Join(Environment.NewLine, parsed.Errors.Select(mistake => mistake.Message)));
        return BadUsage;
    }

    return await parsed.InvokeAsync(
        new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, stop.Token);
}
catch (Exception obstacle) when (obstacle is CannotStartException or NoResultException)
{
    System.Console.Error.WriteLine(obstacle.Message);
    return Failure;
}
catch (Exception trouble) when (trouble is HttpRequestException or NpgsqlException or IOException)
{
    System.Console.Error.WriteLine($"There is no result: {trouble.Message}");
    return Failure;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    System.Console.Error.WriteLine("Stopped; nothing is left behind.");
    return Failure;
}

// The first signal stops everything in order. A second one, by default, ends the process at once: the next run removes its folder.
void Stop(PosixSignalContext signal)
{
    signal.Cancel = !stop.IsCancellationRequested;
    stop.Cancel();
}
