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
try
{
    return args switch
    {
        [] or ["--help" or "-h" or "help", ..] => Tell(Usage.All),
        ["appends", "--help" or "-h"] => Tell(Usage.Appends),
        ["sealing", "--help" or "-h"] => Tell(Usage.Sealing),
        ["loads", "--help" or "-h"] => Tell(Usage.Loads),
        ["payments", "--help" or "-h"] => Tell(Usage.Payments),
        ["failing-user", "--help" or "-h"] => Tell(Usage.FailingUser),
        ["consoles", "--help" or "-h"] => Tell(Usage.Consoles),
        ["lists", "--help" or "-h"] => Tell(Usage.Lists),
        ["rebuild", "--help" or "-h"] => Tell(Usage.Rebuild),
        ["service-calls", "--help" or "-h"] => Tell(Usage.ServiceCalls),
        ["starts", "--help" or "-h"] => Tell(Usage.Starts),
        ["appends", .. var rest] => await AppendsBench.RunAsync(AppendsOptions.Parse(rest), stop.Token),
        ["sealing", .. var rest] => await SealingBench.RunAsync(SealingOptions.Parse(rest), stop.Token),
        ["loads", .. var rest] => await LoadsBench.RunAsync(LoadsOptions.Parse(rest), stop.Token),
        ["payments", .. var rest] => await PaymentsBench.RunAsync(PaymentsOptions.Parse(rest), stop.Token),
        ["failing-user", .. var rest] => await FailingUserBench.RunAsync(FailingUserOptions.Parse(rest), stop.Token),
        ["consoles", .. var rest] => await ConsolesBench.RunAsync(ConsolesOptions.Parse(rest), stop.Token),
        ["lists", .. var rest] => await ListsBench.RunAsync(ListsOptions.Parse(rest), stop.Token),
        ["rebuild", .. var rest] => await RebuildBench.RunAsync(RebuildOptions.Parse(rest), stop.Token),
        ["service-calls", .. var rest] => await ServiceCallsBench.RunAsync(ServiceCallsOptions.Parse(rest), stop.Token),
        ["starts", .. var rest] => await StartsBench.RunAsync(StartsOptions.Parse(rest), stop.Token),
        [var name, ..] => throw new BadArgumentException($"There is no benchmark '{name}'. See --help."),
    };
}
catch (BadArgumentException mistake)
{
    System.Console.Error.WriteLine(mistake.Message);
    return BadUsage;
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

static int Tell(string text)
{
    System.Console.Write(text);
    return 0;
}

// The first signal stops everything in order. A second one, by default, ends the process at once: the next run removes its folder.
void Stop(PosixSignalContext signal)
{
    signal.Cancel = !stop.IsCancellationRequested;
    stop.Cancel();
}
