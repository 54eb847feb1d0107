using System.Runtime.InteropServices;

namespace Payments.Standalone;

/// <summary>
/// Ctrl-C, kill and a terminal that closes are requests to stop. Further ones change nothing: the stop is bounded, and some programs
/// (timeout(1), for one) send every signal twice.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private static readonly PosixSignal[] Signals = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGQUIT, PosixSignal.SIGHUP];

    private readonly PosixSignalRegistration[] _registrations;

    public StopSignals(CancellationTokenSource stop) =>
        _registrations = [.. Signals.Select(signal => PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            stop.Cancel();
        }))];

    public void Dispose() => Array.ForEach(_registrations, registration => registration.Dispose());
}
