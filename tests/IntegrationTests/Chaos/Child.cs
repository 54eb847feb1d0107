using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace IntegrationTests.Chaos;

/// <summary>
/// A program of ours as a process of its own, from its built dll, with nothing but environment and arguments. It can be killed, stopped in
/// its tracks and let go on. It ends with this test program, however that ends.
/// </summary>
internal sealed class Child : IAsyncDisposable
{
    private const int LinesKept = 200;

    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly Task _reading;

    private Child(string name, Process process)
    {
        Name = name;
        _process = process;
        _reading = Task.WhenAll(KeepAsync(process.StandardOutput), KeepAsync(process.StandardError));
    }

    public string Name { get; }

    public bool HasExited => _process.HasExited;

    /// <summary>The last of what it printed.</summary>
    public IReadOnlyList<string> Lines => [.. _lines];

    /// <param name="program">The name of its dll, beside ours; or a whole path, without the ending.</param>
    public static Child Start(
        string name, string program, IReadOnlyDictionary<string, string> environment, params IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(
            "setpriv", ["--pdeathsig", "KILL", "dotnet", Path.Combine(AppContext.BaseDirectory, $"{program}.dll"), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (key, value) in environment)
        {
            start.Environment[key] = value;
        }

        return new Child(name, Starter.Start(start));
    }

    /// <summary>SIGKILL: it has no time for anything, also when it is stopped.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await ExitAsync();
    }

    /// <summary>SIGSTOP: it does nothing any more, and its connections stay as they are.</summary>
    public Task StopAsync() => SignalAsync("STOP");

    /// <summary>SIGCONT: it goes on as if no time had passed.</summary>
    public Task ContinueAsync() => SignalAsync("CONT");

    /// <summary>SIGTERM, as from an orchestrator.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> TerminateAsync()
    {
        await SignalAsync("TERM");
        return await ExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        await _reading;
        _process.Dispose();
    }

    private async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(EndsWithin);
        return _process.ExitCode;
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }

    private async Task KeepAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            _lines.Enqueue(line);
            while (_lines.Count > LinesKept)
            {
                _lines.TryDequeue(out _);
            }
        }
    }

    /// <summary>
    /// Starts all children on one thread that lives as long as the program: the kernel sends the signal of a parent's death when the thread
    /// ends that made the child, and threads of the pool come and go.
    /// </summary>
    private static class Starter
    {
        private static readonly BlockingCollection<Action> Starts = NewThread();

        public static Process Start(ProcessStartInfo start)
        {
            var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
            Starts.Add(() =>
            {
                try
                {
                    started.SetResult(Process.Start(start)!);
                }
                catch (Exception obstacle)
                {
                    started.SetException(obstacle);
                }
            });
            return started.Task.GetAwaiter().GetResult();
        }

        private static BlockingCollection<Action> NewThread()
        {
            var starts = new BlockingCollection<Action>();
            new Thread(() =>
            {
                foreach (var start in starts.GetConsumingEnumerable())
                {
                    start();
                }
            })
            { IsBackground = true, Name = "starter of children" }.Start();
            return starts;
        }
    }
}
