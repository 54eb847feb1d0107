using System.Runtime.InteropServices;

namespace Payments.Standalone;

/// <summary>
/// Ctrl-C, kill and a terminal that closes are requests to stop. Further ones change nothing: the stop is bounded, and some programs
/// (timeout(1), for one) send every signal twice.
/// </summary>
internal sealed partial class StopSignals : IDisposable
{
    private const int Interrupt = 2;
    private const nint Default = 0;

    private static readonly PosixSignal[] Signals = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGQUIT, PosixSignal.SIGHUP];

    private readonly PosixSignalRegistration[] _registrations;

    public StopSignals(CancellationTokenSource stop)
    {
        HearInterrupts();
        _registrations = [.. Signals.Select(signal => PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            stop.Cancel();
        }))];
    }

    // A shell without job control starts what it puts in the background with SIGINT ignored (POSIX, 2.11), and .NET leaves an ignored
    // signal ignored, whoever registers for it. A script that sends SIGINT all the same means it.
    private static void HearInterrupts()
    {
        const string Ignored = "SigIgn:";
        var mask = File.ReadLines("/proc/self/status").First(line => line.StartsWith(Ignored, StringComparison.Ordinal))[Ignored.Length..];
        if ((Convert.ToUInt64(mask.Trim(), 16) & (1UL << (Interrupt - 1))) != 0)
        {
            SetSignal(Interrupt, Default);
        }
    }

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint SetSignal(int signal, nint action);

    public void Dispose() => Array.ForEach(_registrations, registration => registration.Dispose());
}
