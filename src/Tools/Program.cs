using System.CommandLine;
using System.CommandLine.Help;
using System.Runtime.InteropServices;
using Npgsql;
using Payments.EventStore.Sealing.Archives;
using Payments.Standalone;
using Payments.Tools;
using Payments.Tools.Archives;
using Payments.Tools.Brokers;
using Payments.Tools.Demo;
using Payments.Tools.Servers;
using Payments.Tools.Verifying;

using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
var verbs = new Command("./payments", "What an operator runs by hand: one program, a verb for each thing.")
{
    new HelpOption(), VerifyVerb.Command(), ArchiveVerb.Command(), BrokerVerb.Command(), PostgresVerb.Command(), DemoVerb.Command(),
};
try
{
    var parsed = verbs.Parse(args is [] or ["help", ..] ? ["--help"] : args, new ParserConfiguration { ResponseFileTokenReplacer = null });
    if (parsed.Errors.Count > 0)
    {
        System.Console.Error.WriteLine(string.Join(Environment.NewLine, parsed.Errors.Select(mistake => mistake.Message)));
        return ExitCodes.NotDone;
    }

    return await parsed.InvokeAsync(
        new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, stop.Token);
}
catch (Exception obstacle) when (
    obstacle is CannotStartException or ArchiveCorruptException or NpgsqlException or IOException or UnauthorizedAccessException)
{
    System.Console.Error.WriteLine(obstacle.Message);
    return ExitCodes.NotDone;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    System.Console.Error.WriteLine("Stopped.");
    return ExitCodes.NotDone;
}

// The first signal stops everything in order; a second one, by default, ends the process at once.
void Stop(PosixSignalContext signal)
{
    signal.Cancel = !stop.IsCancellationRequested;
    stop.Cancel();
}
