using System.Diagnostics;
using System.Globalization;

namespace IntegrationTests.Chaos;

/// <summary>One instance of a service: always at the same address with the same settings, in one process after the other.</summary>
/// <param name="name">Unique; its database sessions have it as their application's name.</param>
internal sealed class Instance(string name, ServiceKind kind, int port, IReadOnlyDictionary<string, string> settings) : IAsyncDisposable
{
    private static readonly TimeSpan HealthyWithin = TimeSpan.FromSeconds(60);
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(5) };

    private Child? _process;

    public string Name => name;

    public ServiceKind Kind => kind;

    public Uri Url { get; } = new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));

    /// <summary>Where its next process is started from: another version; null is this one.</summary>
    public string? ProgramFolder { get; set; }

    private string Program => Path.Combine(ProgramFolder ?? "", kind.Program);

    public Child Process => _process ?? throw new InvalidOperationException($"{name} was not started.");

    public void Start() => _process = Child.Start(name, Program, new Dictionary<string, string>(settings)
    {
        ["ASPNETCORE_URLS"] = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"),
    });

    /// <summary>Waits until it says itself that it can do its work.</summary>
    public async Task BecomeHealthyAsync()
    {
        var waiting = Stopwatch.StartNew();
        while (!await IsHealthyAsync())
        {
            Assert.False(Process.HasExited, $"{name} ended by itself:\n{string.Join('\n', Process.Lines)}");
            Assert.True(waiting.Elapsed < HealthyWithin, $"{name} is not healthy:\n{string.Join('\n', Process.Lines)}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>SIGKILL, and a new process in its place.</summary>
    public async Task KillAndRestartAsync()
    {
        await Process.KillAsync();
        await RestartAsync();
    }

    /// <summary>SIGTERM, which must be honoured without complaint.</summary>
    public async Task EndAsync() => Assert.Equal(0, await Process.TerminateAsync());

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
    }

    /// <summary>A new process in the place of one that has ended.</summary>
    public async Task RestartAsync()
    {
        await Process.DisposeAsync();
        Start();
        await BecomeHealthyAsync();
    }

    private async Task<bool> IsHealthyAsync()
    {
        try
        {
            using var answer = await Http.GetAsync($"http://127.0.0.1:{port}/health", TestContext.Current.CancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception notYet) when (notYet is HttpRequestException or TaskCanceledException { InnerException: TimeoutException })
        {
            return false;
        }
    }
}
