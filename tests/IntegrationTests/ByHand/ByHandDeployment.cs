using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using IntegrationTests.Chaos;
using IntegrationTests.Standalone;
using IntegrationTests.WholeSystem;
using Payments.Standalone;
using Payments.Standalone.Postgres;

namespace IntegrationTests.ByHand;

/// <summary>
/// The platform as somebody starts it who has read docs/configuration.md and nothing else: every host a process in Production, PostgreSQL,
/// Redis, the broker of <c>./payments broker</c>, API keys that are hashed, a collector, and a port for metrics at each host.
/// </summary>
public sealed class ByHandDeployment : IAsyncLifetime
{
    private const string Key = "a-key-of-the-tests";
    private const string Pepper = "a pepper that nobody guesses";

    private static readonly TimeSpan HealthyWithin = TimeSpan.FromSeconds(60);
    private static readonly HttpClient Http =
        new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(5) };

    private readonly string _folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), $"by-hand-{Guid.NewGuid():N}")).FullName;
    private readonly IReadOnlyList<int> _ports = FreePorts.Find(14);
    private readonly List<Child> _children = [];
    private PrivatePostgres? _postgres;
    private PrivateRedis? _redis;

    /// <summary>Every host by its name in addresses.</summary>
    internal IReadOnlyList<RunningHost> Hosts { get; private set; } = [];

    internal SpanCollector Collector { get; private set; } = null!;

    internal Api Api { get; private set; } = null!;

    /// <summary>All that was set for any host, as names of environment variables.</summary>
    internal IReadOnlyCollection<string> Settings => [.. Hosts.SelectMany(h => h.Settings.Keys).Distinct()];

    internal RunningHost Host(string name) => Hosts.Single(h => h.Name == name);

    public async ValueTask InitializeAsync()
    {
        Collector = await SpanCollector.StartAsync();
        _redis = await PrivateRedis.StartAsync(TestContext.Current.CancellationToken);
        await StartPostgresAsync();
        foreach (var database in (string[])["payments", "wallets", "sagas", "processor"])
        {
            await _postgres!.CreateDatabaseAsync(database, TestContext.Current.CancellationToken);
        }

        _children.Add(Child.Start("broker", "Payments.Tools", new Dictionary<string, string>(), "broker", "--port", $"{_ports[0]}"));
        await Wait.UntilAsync(() => _children[0].Lines.Count > 0, HealthyWithin);
        Hosts = [.. Describe()];
        foreach (var host in Hosts)
        {
            _children.Add(host.Process = Child.Start(host.Name, host.Program, host.Settings));
        }

        foreach (var host in Hosts)
        {
            await BecomeAsync(host, "/health", 200);
        }

        Api = new Api(new Uri(Host("gateway").Url), Key);
    }

    /// <summary>PostgreSQL ends at once, as by a crash: nobody is told.</summary>
    internal async Task KillPostgresAsync()
    {
        using (var kill = Process.Start("kill", ["-QUIT", $"{PostmasterFile.Read(Path.Combine(_folder, "postgres"))!.ProcessId}"]))
        {
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        await _postgres!.Exited.WaitAsync(HealthyWithin, TestContext.Current.CancellationToken);
        await _postgres!.DisposeAsync();
        _postgres = null;
    }

    internal async Task StartPostgresAsync() => _postgres = await PrivatePostgres.StartAsync(
        PostgresOwner.Small(_folder) with { Port = _ports[1], SharedBuffersMb = 64, ConnectionsMax = 300 });

    /// <summary>Waits until a host answers so; fails when it ends, or does not within a minute.</summary>
    internal static Task BecomeAsync(RunningHost host, string path, int status) => BecomeAsync(host, path, status, HealthyWithin);

    internal static async Task BecomeAsync(RunningHost host, string path, int status, TimeSpan within)
    {
        var deadline = DateTimeOffset.UtcNow + within;
        var last = 0;
        while ((last = await StatusAsync(host.Url + path)) != status)
        {
            Assert.False(host.Process!.HasExited, $"{host.Name} ended by itself:\n{string.Join('\n', host.Process.Lines)}");
            Assert.True(
                DateTimeOffset.UtcNow < deadline, $"{host.Name}{path} says {last}, not {status}:\n{string.Join('\n', host.Process.Lines)}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    /// <returns>The status; 0 when it does not answer.</returns>
    internal static async Task<int> StatusAsync(string url)
    {
        try
        {
            using var answer = await Http.GetAsync(url, TestContext.Current.CancellationToken);
            return (int)answer.StatusCode;
        }
        catch (Exception silence) when (silence is HttpRequestException or TaskCanceledException { InnerException: TimeoutException })
        {
            return 0;
        }
    }

    internal static Task<string> MetricsAsync(RunningHost host) =>
        Http.GetStringAsync(host.MetricsUrl, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Api?.Dispose();
        foreach (var child in _children)
        {
            await child.DisposeAsync();
        }

        if (_redis is not null)
        {
            await _redis.DisposeAsync();
        }

        if (_postgres is not null)
        {
            await _postgres.DisposeAsync();
        }

        await Collector.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private IEnumerable<RunningHost> Describe()
    {
        (string Name, string Program, string? Database)[] hosts =
        [
            ("card-processor", "Payments.CardProcessor", "processor"),
            ("wallet", "Payments.WalletService", "wallets"),
            ("saga", "Payments.SagaService", "sagas"),
            ("payment", "Payments.PaymentService", "payments"),
            ("gateway", "Payments.Gateway", null),
            ("console", "Payments.Console", null),
        ];
        string AddressOf(string name) => Url(_ports[2 + Array.FindIndex(hosts, h => h.Name == name)]);

        foreach (var (index, (name, program, database)) in hosts.Index())
        {
            var metrics = _ports[8 + index];
            var settings = new Dictionary<string, string>
            {
                ["ASPNETCORE_ENVIRONMENT"] = "Production",
                ["ASPNETCORE_URLS"] = AddressOf(name),
                ["Metrics__Port"] = $"{metrics}",
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = Collector.Endpoint,
                ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
                ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
            };
            if (database is not null)
            {
                settings[$"ConnectionStrings__{database}"] = _postgres!.ConnectionString(database);
            }

            if (database is "payments" or "wallets" or "sagas")
            {
                settings["ConnectionStrings__kafka"] = $"127.0.0.1:{_ports[0]}";
                settings["Kafka__Embedded"] = "true";
            }

            foreach (var other in name switch
            {
                "payment" => ["wallet", "saga"],
                "saga" => ["wallet", "card-processor"],
                "gateway" => ["payment", "wallet", "saga"],
                "console" => ["gateway"],
                _ => Array.Empty<string>(),
            })
            {
                settings[$"services__{other}__http__0"] = AddressOf(other);
            }

            Add(name, settings);
            yield return new RunningHost(name, program, AddressOf(name), $"{Url(metrics)}/metrics", settings);
        }
    }

    private void Add(string name, Dictionary<string, string> settings)
    {
        switch (name)
        {
            case "saga" when _redis is not null:
                settings["ConnectionStrings__cache"] = _redis.ConnectionString;
                break;
            case "gateway":
                settings["ApiKeyPepper"] = Pepper;
                settings["ApiKeys__0__ClientId"] = "tests";
                settings["ApiKeys__0__Hash"] = Convert.ToHexStringLower(
                    HMACSHA256.HashData(Encoding.UTF8.GetBytes(Pepper), Encoding.UTF8.GetBytes(Key)));
                foreach (var (index, scope) in
                    ((string[])["payments:read", "payments:write", "wallets:read", "wallets:write", "admin"]).Index())
                {
                    settings[$"ApiKeys__0__Scopes__{index}"] = scope;
                }

                break;
            case "console":
                settings["Console__ApiKey"] = Key;
                break;
        }
    }

    private static string Url(int port) => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
}

/// <summary>One host that was started by hand.</summary>
/// <param name="Program">Its dll, and its name in traces.</param>
internal sealed record RunningHost(string Name, string Program, string Url, string MetricsUrl, IReadOnlyDictionary<string, string> Settings)
{
    public Child? Process { get; set; }
}
