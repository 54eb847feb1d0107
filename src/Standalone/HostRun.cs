using Microsoft.AspNetCore.Connections;

namespace Payments.Standalone;

/// <summary>One of the hosts in this process, on its own port.</summary>
internal sealed class HostRun : IAsyncDisposable
{
    private static readonly TimeSpan HealthyWithin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan BetweenProbes = TimeSpan.FromMilliseconds(20);

    private readonly WebApplication _app;
    private readonly TaskCompletionSource _stopping = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private HostRun(string name, string url, WebApplication app)
    {
        Name = name;
        Url = url;
        _app = app;
        app.Lifetime.ApplicationStopping.Register(_stopping.SetResult);
    }

    public string Name { get; }

    public string Url { get; }

    /// <summary>Ends when the host begins to stop, whoever wanted that.</summary>
    public Task Stopping => _stopping.Task;

    /// <summary>A service of the host; null when it has none of that type.</summary>
    public T? Find<T>()
        where T : class => _app.Services.GetService<T>();

    /// <summary>Builds the host on a thread of the pool: several are built at the same time.</summary>
    public static Task<HostRun> BuildAsync(string name, int port, Func<string[], WebApplication> build, IEnumerable<string> arguments)
    {
        var url = $"http://127.0.0.1:{port}";
        return Task.Run(() => new HostRun(name, url, build([$"--urls={url}", .. arguments])));
    }

    /// <summary>The host listens when this returns.</summary>
    public async Task StartAsync(CancellationToken cancel)
    {
        try
        {
            await _app.StartAsync(cancel);
        }
        catch (IOException trouble) when (trouble.InnerException is AddressInUseException)
        {
            throw new CannotStartException($"The {Name} cannot listen on {Url}: the port was taken in the meantime. Try again.", trouble);
        }
    }

    /// <summary>Waits until the host says of itself, over HTTP, that it can do its work.</summary>
    public async Task BecomeHealthyAsync(HttpClient http, CancellationToken cancel)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(HealthyWithin);
        var answer = "nothing";
        try
        {
            while (true)
            {
                using var response = await http.GetAsync($"{Url}/health", deadline.Token);
                answer = await response.Content.ReadAsStringAsync(deadline.Token);
                if (answer.StartsWith("{\"status\":\"healthy\"", StringComparison.Ordinal))
                    return;
                await Task.Delay(BetweenProbes, TimeProvider.System, deadline.Token);
            }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new CannotStartException($"The {Name} did not get healthy within {HealthyWithin.TotalSeconds} s. It says: {answer}");
        }
    }

    /// <summary>Lets requests in flight finish, until the token is cancelled; then they are cut off.</summary>
    public Task StopAsync(CancellationToken patience) => _app.StopAsync(patience);

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
