using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Payments.Standalone;

namespace IntegrationTests.Standalone;

/// <summary>The whole platform as a process of its own, on free ports, to be stopped or killed.</summary>
public sealed class StandaloneProcess : IAsyncDisposable
{
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(90);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentQueue<string> _errors = new();

    private StandaloneProcess(string folder, int gatewayPort, int consolePort, bool inBackground = false)
    {
        GatewayUrl = $"http://127.0.0.1:{gatewayPort}";
        ConsoleUrl = $"http://127.0.0.1:{consolePort}";
        var program = Path.Combine(AppContext.BaseDirectory, "Payments.Standalone.dll");

        // The shell's own process becomes no platform: that is a job in its background, whose number is the first line.
        string[] command = inBackground ? ["sh", "-c", "dotnet \"$0\" & echo $!; wait $!", program] : ["dotnet", program];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["PAYMENTS_DATA_DIR"] = folder,
                ["PAYMENTS_GATEWAY_PORT"] = gatewayPort.ToString(CultureInfo.InvariantCulture),
                ["PAYMENTS_CONSOLE_PORT"] = consolePort.ToString(CultureInfo.InvariantCulture),
                ["ASPNETCORE_ENVIRONMENT"] = "Development",
            },
        };
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(_errors, line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string GatewayUrl { get; }

    public string ConsoleUrl { get; }

    /// <summary>What it printed, line by line.</summary>
    public IReadOnlyList<string> Output => [.. _output];

    /// <summary>What it printed as errors and warnings, line by line.</summary>
    public IReadOnlyList<string> Errors => [.. _errors];

    /// <summary>Starts it, and returns when it says that it is ready.</summary>
    /// <param name="folder">Its data folder.</param>
    public static async Task<StandaloneProcess> StartAsync(string folder)
    {
        var ports = FreePorts.Find(2);
        var process = Start(folder, ports[0], ports[1]);
        await Wait.UntilAsync(() => process._process.HasExited || !process._output.IsEmpty, ReadyWithin);
        if (process._process.HasExited)
            Assert.Fail($"It ended with exit code {await process.ExitAsync()}:\n{string.Join('\n', process.Errors)}");
        return process;
    }

    /// <summary>Starts it, and waits for nothing.</summary>
    public static StandaloneProcess Start(string folder, int gatewayPort, int consolePort) => new(folder, gatewayPort, consolePort);

    /// <summary>Starts it as a script does that goes on: in the background of a shell, which has SIGINT ignored there.</summary>
    /// <returns>The shell, with its exit code, and the number of the platform's process.</returns>
    public static async Task<(StandaloneProcess Shell, int Platform)> StartInBackgroundAsync(string folder)
    {
        var ports = FreePorts.Find(2);
        var shell = new StandaloneProcess(folder, ports[0], ports[1], inBackground: true);
        await Wait.UntilAsync(() => shell._process.HasExited || shell._output.Count > 1, ReadyWithin);
        return (shell, int.Parse(shell.Output[0], CultureInfo.InvariantCulture));
    }

    /// <summary>SIGKILL: it has no time for anything.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await ExitAsync();
    }

    /// <summary>SIGTERM, as from an operator or an orchestrator.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> TerminateAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        return await ExitAsync();
    }

    /// <summary>Waits for it to end by itself.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        return _process.ExitCode;
    }

    /// <summary>Kills it if it still runs.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
    }

    private static void Keep(ConcurrentQueue<string> lines, string? line)
    {
        if (line is not null)
            lines.Enqueue(line);
    }
}
