using Payments.Broker;
using Payments.CardProcessor;
using Payments.Console;
using Payments.Gateway;
using Payments.Gateway.Operators;
using Payments.Messaging.Topics;
using Payments.PaymentService;
using Payments.SagaService;
using Payments.WalletService;

namespace Payments.Standalone;

/// <summary>
/// The whole platform in one process: the same hosts as in production, each on its own port, with real HTTP and Kafka between them.
/// </summary>
public sealed class StandaloneHost : IAsyncDisposable
{
    // Together less than the five seconds that a stop may take; PostgreSQL bounds its own.
    private static readonly TimeSpan DoorsPatience = TimeSpan.FromMilliseconds(1000);
    private static readonly TimeSpan ServicesPatience = TimeSpan.FromMilliseconds(1000);
    private static readonly TimeSpan CutOffPatience = TimeSpan.FromMilliseconds(250);

    private readonly StandaloneOptions _options;
    private readonly Action<string> _progress;

    // For what is no host and so has no log of its own.
    private readonly ILoggerFactory _logs = LoggerFactory.Create(logging => logging
        .SetMinimumLevel(LogLevel.Warning)
        .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace));

    private Databases? _databases;
    private PrivateRedis? _redis;
    private EmbeddedBroker? _broker;
    private IReadOnlyList<HostRun> _services = [];
    private IReadOnlyList<HostRun> _doors = [];

    private StandaloneHost(StandaloneOptions options, Action<string> progress)
    {
        _options = options;
        _progress = progress;
    }

    public string GatewayUrl => $"http://127.0.0.1:{_options.GatewayPort}";

    public string ConsoleUrl => $"http://127.0.0.1:{_options.ConsolePort}";

    /// <summary>Where the data is, for people: <c>in /path</c>, <c>on …</c>.</summary>
    public string DataWhere => _databases!.Where;

    /// <summary>How to sign in to the console for the first time; null when somebody has.</summary>
    public string? FirstSignIn => _doors.Select(door => door.Find<FirstAdminNotice>()?.Line).FirstOrDefault(line => line is not null);

    /// <summary>Starts everything. All is healthy when this returns.</summary>
    /// <param name="progress">Gets a line when something takes long.</param>
    /// <exception cref="CannotStartException">The message says why, and what to do. Nothing is left running.</exception>
    public static async Task<StandaloneHost> StartAsync(StandaloneOptions options, Action<string> progress, CancellationToken cancel)
    {
        var host = new StandaloneHost(options, progress);
        try
        {
            await host.StartAsync(cancel);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends when a part has stopped by itself, with its name. Not to be asked once the stop has begun.</summary>
    public async Task<string> FaultAsync()
    {
        var hosts = _services.Concat(_doors).Select(host => ($"The {host.Name}", host.Stopping));
        List<(string Name, Task Ended)> parts = [("PostgreSQL", _databases!.Exited), .. hosts];
        var ended = await Task.WhenAny(parts.Select(part => part.Ended));
        return parts.First(part => part.Ended == ended).Name;
    }

    /// <summary>
    /// Stops everything within five seconds: first the doors, so that nothing new comes in, then the services, which finish what they have
    /// begun, then what they stand on. What is cut off is taken up again by the next start.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(_doors, DoorsPatience);
        await StopAsync(_services, ServicesPatience);
        _broker?.Dispose();
        _logs.Dispose();
        if (_redis is { } redis)
            await redis.DisposeAsync();
        if (_databases is { } databases)
            await databases.DisposeAsync();
    }

    private async Task StartAsync(CancellationToken cancel)
    {
        RefuseTaken(_options.GatewayPort, StandaloneOptions.GatewayPortName, "gateway");
        RefuseTaken(_options.ConsolePort, StandaloneOptions.ConsolePortName, "console");

        _broker = _options.Kafka is null ? EmbeddedBroker.Start(PlatformTopics.All, log: _logs.CreateLogger<EmbeddedBroker>()) : null;
        await StartDatabasesAsync(cancel);

        var ports = FreePorts.Find(4);
        var common = Common(ports);
        _services = await Task.WhenAll(
            HostRun.BuildAsync("wallet service", ports[1], WalletHost.Build, [.. common, Database("wallets")]),
            HostRun.BuildAsync("payment service", ports[0], PaymentHost.Build, [.. common, Database("payments")]),
            HostRun.BuildAsync("saga service", ports[2], SagaHost.Build, [.. common, Database("sagas")]),
            HostRun.BuildAsync(
                "card processor", ports[3], CardProcessorHost.Build, [.. common, Database(StandaloneOptions.ProcessorDatabase)]));
        await Task.WhenAll(_services.Select(host => host.StartAsync(cancel)));

        // Only now: the gateway looks for the services as soon as it is built, and would complain.
        _doors = await Task.WhenAll(
            HostRun.BuildAsync(
                "gateway", _options.GatewayPort, GatewayHost.Build, [.. common, Database(StandaloneOptions.OperatorsDatabase)]),
            HostRun.BuildAsync("console", _options.ConsolePort, ConsoleHost.Build, [.. common, KeysOfCookies]));
        await Task.WhenAll(_doors.Select(host => host.StartAsync(cancel)));

        using var http = new HttpClient();
        await ReportIfSlow.RunAsync(
            _progress,
            "Waiting for the services to get healthy ...",
            Task.WhenAll(_services.Concat(_doors).Select(host => host.BecomeHealthyAsync(http, cancel))));
    }

    // Side by side. Whatever becomes of one, the other is known to whoever stops them.
    private async Task StartDatabasesAsync(CancellationToken cancel) => await Task.WhenAll(
        Task.Run(async () => _databases = await Databases.StartAsync(_options, _progress, cancel), cancel),
        Task.Run(async () => _redis = _options.Cache is null ? await PrivateRedis.StartAsync(cancel) : null, cancel));

    private string Database(string name) => $"--ConnectionStrings:{name}={_databases!.ConnectionString(name)}";

    // Who has signed in stays so when the platform is started anew.
    private string KeysOfCookies => $"--Console:KeysFolder={Path.Combine(Path.GetFullPath(_options.DataFolder), "console-keys")}";

    // The arguments of the person come last and win.
    private List<string> Common(IReadOnlyList<int> ports) =>
    [
        $"--environment={_options.Environment}",
        $"--contentRoot={AppContext.BaseDirectory}",
        $"--hostingStartupAssemblies={typeof(StandaloneHost).Assembly.GetName().Name}",
        "--hostBuilder:reloadConfigOnChange=false",
        "--Logging:LogLevel:Default=Warning",
        "--Logging:Console:LogToStandardErrorThreshold=Trace",
        .. KafkaArguments(),
        $"--services:payment:http:0=http://127.0.0.1:{ports[0]}",
        $"--services:wallet:http:0=http://127.0.0.1:{ports[1]}",
        $"--services:saga:http:0=http://127.0.0.1:{ports[2]}",
        $"--services:card-processor:http:0=http://127.0.0.1:{ports[3]}",
        $"--services:gateway:http:0={GatewayUrl}",
        .. _redis is { } redis ? [$"--ConnectionStrings:cache={redis.ConnectionString}"] : Array.Empty<string>(),
        .. _options.DevelopmentKey is { } key ? [$"--Console:ApiKey={key}"] : Array.Empty<string>(),
        .. _options.HostArguments,
    ];

    // Our own broker is near: a message that waits for company only waits, on each of the eight hops of a payment.
    private string[] KafkaArguments() => _broker is { } broker
        ? [$"--ConnectionStrings:kafka={broker.BootstrapServers}", "--Kafka:Embedded=true", "--Kafka:LingerMs=0"]
        : [$"--ConnectionStrings:kafka={_options.Kafka}"];

    private static void RefuseTaken(int port, string name, string part)
    {
        if (!FreePorts.IsFree(port))
        {
            throw new CannotStartException(
                $"Port {port} of 127.0.0.1 is in use, and the {part} wants it. "
                + $"Stop the program that has it, or set {name} to another port.");
        }
    }

    private async Task StopAsync(IReadOnlyList<HostRun> hosts, TimeSpan patience)
    {
        using var enough = new CancellationTokenSource(patience);
        await Task.WhenAll(hosts.Select(host => WithinAsync(patience + CutOffPatience, host.Name, StopAsync(host, enough.Token))));
    }

    private static async Task StopAsync(HostRun host, CancellationToken patience)
    {
        await host.StopAsync(patience);
        await host.DisposeAsync();
    }

    // What hangs must not keep the others from stopping; the end of the process takes it along.
    private async Task WithinAsync(TimeSpan patience, string name, Task stopping)
    {
        try
        {
            await stopping.WaitAsync(patience, TimeProvider.System);
        }
        catch (Exception trouble) when (trouble is TimeoutException or OperationCanceledException)
        {
            _progress($"The {name} took too long to stop and was cut off.");
        }
    }
}
