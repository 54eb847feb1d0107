using System.Diagnostics;

namespace Payments.Standalone.Postgres;

/// <summary>
/// A command that lives at most as long as this process, even if this process is killed: <c>supervise.sh</c> waits for the pipe between
/// the two to close, which the kernel sees to. It runs in a session of its own, so that Ctrl-C at a terminal reaches only us.
/// </summary>
internal sealed class SupervisedProcess : IAsyncDisposable
{
    private const int OutputBytesMax = 16 * 1024;

    private static readonly string Script = ReadScript();

    private readonly Process _process;
    private readonly string _logFile;
    private readonly long _logStart;

    private SupervisedProcess(Process process, string logFile, long logStart)
    {
        _process = process;
        _logFile = logFile;
        _logStart = logStart;
    }

    public bool HasExited => _process.HasExited;

    /// <param name="logFile">Gets what the command prints; must exist and be writable for the user.</param>
    /// <param name="patience">How long the command may take to end after SIGINT, before it gets SIGQUIT.</param>
    public static SupervisedProcess Start(ServerUser user, string logFile, TimeSpan patience, IEnumerable<string> command)
    {
        var logStart = new FileInfo(logFile).Length;
        var tenths = ((long)(patience.TotalMilliseconds / 100)).ToString();
        var process = Process.Start(Shell.Describe(
            ["setsid", "--wait", .. user.Prefix, "/bin/sh", "-c", Script, "payments-supervisor", logFile, tenths, .. command]))!;
        return new SupervisedProcess(process, logFile, logStart);
    }

    /// <summary>The command's exit status. 128 + n when signal n ended it.</summary>
    public async Task<int> ExitAsync(CancellationToken cancel)
    {
        await _process.WaitForExitAsync(cancel);
        return _process.ExitCode;
    }

    /// <summary>What the command has printed since it was started; the end of it if that is long.</summary>
    public string Output()
    {
        using var log = new FileStream(_logFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        log.Position = Math.Min(log.Length, Math.Max(_logStart, log.Length - OutputBytesMax));
        using var reader = new StreamReader(log);
        return reader.ReadToEnd().Trim();
    }

    /// <summary>Asks the command to end, and waits for it. The supervisor bounds the wait.</summary>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static string ReadScript()
    {
        using var stream = typeof(SupervisedProcess).Assembly.GetManifestResourceStream("Payments.Standalone.Postgres.supervise.sh")!;
        using var reader = new StreamReader(stream);

        // It shows in ps as an argument: without its comments.
        return string.Join('\n', reader.ReadToEnd().Split('\n').Where(line => line.Length > 0 && !line.TrimStart().StartsWith('#')));
    }
}
