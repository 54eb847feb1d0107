using System.Diagnostics;
using Payments.Bench.Machine;
using Payments.Standalone;

namespace Payments.Bench.WalletPayments;

/// <summary>
/// A Standalone in a process of its own, as <c>./payments run</c> starts it, on our PostgreSQL. It never outlives this process.
/// </summary>
internal sealed class StandaloneProcess : IAsyncDisposable
{
    // Ends the command when the pipe to us closes, which the kernel sees to even if we are killed. In a session of its own, so that
    // Ctrl-C at a terminal reaches only us.
    private const string Supervise =
        """
        exec 3<&0
        log=$1; shift
        "$@" 3<&- </dev/null >"$log" 2>&1 &
        command=$!
        { while read -r _; do :; done <&3; kill -TERM "$command"; } 2>/dev/null &
        exec 3<&-
        wait "$command"
        """;

    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan GoneWithin = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(50);

    private readonly Process _process;
    private readonly string _log;

    private StandaloneProcess(Process process, string log, Uri gateway, Uri console)
    {
        _process = process;
        _log = log;
        Gateway = gateway;
        Console = console;
    }

    public Uri Gateway { get; }

    public Uri Console { get; }

    /// <summary>Of all its processes so far, without the server's.</summary>
    public TimeSpan CpuTime => Machine.CpuTime.OfTree(_process.Id);

    /// <summary>It is ready for requests when this returns.</summary>
    /// <param name="server">Its PostgreSQL; its folder has the data, too.</param>
    /// <param name="settings">As <c>--Section:Name=value</c>.</param>
    /// <exception cref="NoResultException">It did not get ready.</exception>
    public static Task<StandaloneProcess> StartAsync(
        BenchServer server, string log, CancellationToken cancel, params IReadOnlyList<string> settings) =>
        StartAsync(Path.Combine(server.Folder, "standalone"), log, server.ConnectionString("postgres"), settings, cancel);

    /// <summary>The same with a PostgreSQL of its own, all in this folder.</summary>
    /// <exception cref="NoResultException">It did not get ready.</exception>
    public static Task<StandaloneProcess> StartAloneAsync(string folder, CancellationToken cancel) =>
        StartAsync(Path.Combine(folder, "data"), Path.Combine(folder, "standalone.log"), null, [], cancel);

    private static async Task<StandaloneProcess> StartAsync(
        string dataFolder, string log, string? postgres, IReadOnlyList<string> settings, CancellationToken cancel)
    {
        File.Delete(log); // The ready line of an earlier run would be taken for this one's.
        var ports = FreePorts.Find(2);
        var start = new ProcessStartInfo(
            "setsid", ["--wait", "/bin/sh", "-c", Supervise, "standalone", log, "dotnet", FindProgram(), .. settings])
        {
            RedirectStandardInput = true,
            Environment =
            {
                ["ASPNETCORE_ENVIRONMENT"] = "Development",
                [StandaloneOptions.DataFolderName] = dataFolder,
                [StandaloneOptions.GatewayPortName] = $"{ports[0]}",
                [StandaloneOptions.ConsolePortName] = $"{ports[1]}",
                [StandaloneOptions.PostgresName] = postgres,
            },
        };
        var standalone = new StandaloneProcess(
            Process.Start(start)!, log, new Uri($"http://127.0.0.1:{ports[0]}"), new Uri($"http://127.0.0.1:{ports[1]}"));
        try
        {
            await standalone.BecomeReadyAsync(cancel);
            return standalone;
        }
        catch
        {
            await standalone.DisposeAsync();
            throw;
        }
    }

    /// <summary>Where its log goes unless somebody wants to keep it.</summary>
    public static string LogOf(BenchServer server) => Path.Combine(server.Folder, "standalone.log");

    /// <summary>Throws unless it still runs.</summary>
    /// <exception cref="NoResultException">It has ended by itself.</exception>
    public void MustRun()
    {
        if (_process.HasExited)
            throw new NoResultException($"The platform has stopped with status {_process.ExitCode}. It said at last:\n{EndOfLog()}");
    }

    /// <summary>Ends it as Ctrl-C would, and waits until it is gone.</summary>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var patience = new CancellationTokenSource(GoneWithin);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            System.Console.Error.WriteLine($"The platform did not stop within {GoneWithin.TotalSeconds} s and was killed.");
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private async Task BecomeReadyAsync(CancellationToken cancel)
    {
        var waiting = Stopwatch.StartNew();
        while (!EndOfLog().Contains("Payments is ready", StringComparison.Ordinal))
        {
            MustRun();
            if (waiting.Elapsed > ReadyWithin)
                throw new NoResultException($"The platform did not get ready within {ReadyWithin.TotalSeconds} s. It said:\n{EndOfLog()}");
            await Task.Delay(BetweenLooks, cancel);
        }
    }

    private string EndOfLog()
    {
        const int LinesMax = 20;
        return File.Exists(_log) ? string.Join('\n', File.ReadLines(_log).TakeLast(LinesMax)) : "";
    }

    // Its own build output rather than the copy beside us: there the console finds its web assets.
    private static string FindProgram()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Payments.Aspire.sln")))
            folder = folder.Parent;
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var output = Path.Combine("src/Standalone/bin", configuration, "net10.0/Payments.Standalone.dll");
        var program = Path.Combine(folder?.FullName ?? ".", output);
        if (!File.Exists(program))
            throw new NoResultException($"There is no {program}: build src/Standalone.");
        return program;
    }
}
