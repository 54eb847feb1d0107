using System.Runtime.InteropServices;
using Npgsql;
using Payments.EventStore.Sealing.Archives;
using Payments.Standalone;
using Payments.Tools;

using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
try
{
    if (args is [] or ["--help" or "-h" or "help", ..])
    {
        foreach (var known in Verb.All)
            System.Console.WriteLine($"{known.Name,-10} {known.Summary}");
        return ExitCodes.Well;
    }

    var verb = Verb.All.FirstOrDefault(known => known.Name == args[0])
        ?? throw new BadArgumentException($"There is no verb '{args[0]}'. See --help.");
    if (args is [_, "--help" or "-h", ..])
    {
        System.Console.Write(verb.Usage);
        return ExitCodes.Well;
    }

    return await verb.RunAsync(args[1..], stop.Token);
}
catch (Exception obstacle) when (
    obstacle is BadArgumentException or CannotStartException or ArchiveCorruptException
        or NpgsqlException or IOException or UnauthorizedAccessException)
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
