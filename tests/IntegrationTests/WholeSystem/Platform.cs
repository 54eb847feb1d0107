using IntegrationTests.Messaging;
using Microsoft.AspNetCore.Builder;
using Payments.Broker;
using Payments.CardProcessor;
using Payments.Gateway;
using Payments.PaymentService;
using Payments.SagaService;
using Payments.WalletService;

namespace IntegrationTests.WholeSystem;

/// <summary>
/// The three services, the gateway and the card processor in this process, with real HTTP, Kafka and PostgreSQL between them.
/// </summary>
internal sealed class Platform : IAsyncDisposable
{
    private static readonly string LogLevel = Environment.GetEnvironmentVariable("PAYMENTS_TEST_LOG_LEVEL") ?? "None";

    private readonly TestBroker _broker;
    private readonly bool _ownsBroker;
    private readonly List<WebApplication> _hosts = [];
    private readonly List<string> _addresses = [];
    private readonly List<string> _names = [];

    private readonly IReadOnlyList<string> _settings;

    private Platform(Databases databases, TestBroker broker, bool ownsBroker, IReadOnlyList<string> settings)
    {
        _settings = settings;
        Databases = databases;
        (_broker, _ownsBroker) = (broker, ownsBroker);
    }

    public Databases Databases { get; }

    public TestBroker Broker => _broker;

    public string Kafka => _broker.Options.BootstrapServers;

    /// <summary>The broker forgets all that it holds, while all hosts run.</summary>
    public void LoseBroker() => _broker.Embedded.LoseEverything();

    public WebApplication HostOf(string name) => _hosts[_names.IndexOf(name)];

    public IReadOnlyList<WebApplication> Hosts => _hosts;

    public Uri Gateway => new(_hosts[^1].Urls.Single());

    /// <summary>Starts everything on a broker of its own. All hosts listen when this returns.</summary>
    /// <param name="settings">More configuration for all of them, as <c>Section:Name=value</c>.</param>
    public static Task<Platform> StartAsync(Databases databases, params string[] settings) => StartAsync(databases, null, settings);

    /// <summary>The same on a broker that was there before and stays.</summary>
    public static async Task<Platform> StartAsync(Databases databases, EmbeddedBroker? broker, params string[] settings)
    {
        var used = broker is null ? await TestBroker.StartAsync() : TestBroker.OfEmbedded(broker);
        var platform = new Platform(databases, used, broker is null, settings);
        try
        {
            await platform.StartAsync("card-processor", CardProcessorHost.Build, $"ConnectionStrings:processor={databases.Processor}");
            await platform.StartAsync("wallet", WalletHost.Build, $"ConnectionStrings:wallets={databases.Wallets}");
            await platform.StartAsync("saga", SagaHost.Build, $"ConnectionStrings:sagas={databases.Sagas}");
            await platform.StartAsync("payment", PaymentHost.Build, $"ConnectionStrings:payments={databases.Payments}");
            await platform.StartAsync("gateway", GatewayHost.Build);
            return platform;
        }
        catch
        {
            await platform.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts one more host on the same broker, beside those that run.</summary>
    public async Task<WebApplication> StartAsync(string name, Func<string[], WebApplication> build, params string[] settings)
    {
        string[] common =
        [
            "environment=Development",
            "urls=http://127.0.0.1:0",
            $"Logging:Console:LogLevel:Default={LogLevel}",
            .. _broker.Settings,
        ];
        var host = build([.. common.Concat(_addresses).Concat(_settings).Concat(settings).Select(setting => $"--{setting}")]);
        _hosts.Add(host);
        _names.Add(name);
        await host.StartAsync();
        _addresses.Add($"services:{name}:http:0={host.Urls.Single()}");
        return host;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts.AsEnumerable().Reverse())
        {
            await host.StopAsync();
            await host.DisposeAsync();
        }

        if (_ownsBroker)
        {
            _broker.Dispose();
        }
    }
}
