using System.Globalization;
using IntegrationTests.Standalone;
using Npgsql;
using Payments.Standalone;
using Databases = IntegrationTests.WholeSystem.Databases;

namespace IntegrationTests.Chaos;

/// <summary>
/// The platform as it is deployed: every service a process, two of each that has a log, a broker and a card processor beside them, a
/// gateway before them. All it knows of each other comes from environment variables.
/// </summary>
internal sealed class Deployment : IAsyncDisposable
{
    /// <summary>How long the broker waits for a silent member: the least that brokers allow.</summary>
    public static readonly TimeSpan SessionTimeout = TimeSpan.FromSeconds(6);

    private static readonly TimeSpan BrokerReadyWithin = TimeSpan.FromSeconds(30);

    private readonly ChaosPostgres _postgres;
    private readonly Dictionary<string, string> _common;
    private readonly Dictionary<ServiceKind, List<Instance>> _instances = [];
    private readonly int _brokerPort;
    private Child? _broker;

    private Deployment(ChaosPostgres postgres, Databases databases)
    {
        _postgres = postgres;
        Databases = databases;
        var places = ServiceKind.All
            .SelectMany(kind => Enumerable.Range(0, kind.Instances).Select(index => (Kind: kind, Index: index))).ToList();
        var ports = FreePorts.Find(places.Count + 1);
        _brokerPort = ports[^1];
        Link = new CuttableLink(_brokerPort);
        _common = Common(Link.Port);
        foreach (var ((kind, index), port) in places.Zip(ports))
        {
            _common[$"services__{kind.Name}__http__{index}"] = Url(port);
        }

        foreach (var ((kind, _), port) in places.Zip(ports))
        {
            Add(kind, port);
        }
    }

    public Databases Databases { get; }

    /// <summary>Between the services and the broker.</summary>
    public CuttableLink Link { get; }

    public Uri Gateway => new(_common["services__gateway__http__0"]);

    /// <summary>Those with a log, which there are several of.</summary>
    public IReadOnlyList<Instance> Doubled => [.. ServiceKind.Logs.SelectMany(kind => _instances[kind])];

    public IEnumerable<Instance> Of(ServiceKind kind) => _instances[kind];

    private IEnumerable<Instance> All => _instances.Values.SelectMany(of => of);

    /// <summary>Starts everything. All are healthy when this returns.</summary>
    /// <param name="programFolder">Of another version; null is this one.</param>
    public static async Task<Deployment> StartAsync(ChaosPostgres postgres, string? programFolder = null)
    {
        var deployment = new Deployment(postgres, await postgres.CreateDatabasesAsync());
        try
        {
            deployment._broker = deployment.StartBroker();
            foreach (var instance in deployment.All)
            {
                instance.ProgramFolder = programFolder;
                instance.Start();
            }

            foreach (var instance in deployment.All)
            {
                await instance.BecomeHealthyAsync();
            }

            return deployment;
        }
        catch
        {
            await deployment.DisposeAsync();
            throw;
        }
    }

    /// <summary>The broker is killed, with all that it held, and another one is there in its place.</summary>
    public async Task LoseBrokerAsync()
    {
        await _broker!.KillAsync();
        await _broker.DisposeAsync();
        _broker = StartBroker();
        await Wait.UntilAsync(() => _broker.Lines.Count > 0, BrokerReadyWithin);
    }

    /// <summary>One more instance of a service, which nobody's address list has: it takes its share of the messages.</summary>
    public async Task<Instance> AddAsync(ServiceKind kind)
    {
        var added = Add(kind, FreePorts.Find(1)[0]);
        added.Start();
        await added.BecomeHealthyAsync();
        return added;
    }

    /// <summary>Tells an instance that was added to end, and waits until it has.</summary>
    public async Task RemoveAsync(Instance added)
    {
        await added.EndAsync();
        await added.DisposeAsync();
        _instances[added.Kind].Remove(added);
    }

    public Task RestartPostgresAsync() => _postgres.RestartAsync();

    public Task CrashPostgresAsync() => _postgres.CrashAsync();

    public Task<long> CutDatabaseAsync(Instance instance) => _postgres.CutAsync(instance.Name);

    /// <summary>Nobody has ended that was not told to.</summary>
    public void AssertAllAlive()
    {
        foreach (var process in All.Select(i => i.Process).Append(_broker!))
        {
            Assert.False(process.HasExited, $"{process.Name} ended by itself:\n{string.Join('\n', process.Lines)}");
        }
    }

    /// <summary>The last of what everybody printed, for whoever looks for the reason of a failure.</summary>
    public IEnumerable<string> Lines() => All.Select(i => i.Process).Append(_broker!)
        .SelectMany(process => process.Lines.Select(line => $"[{process.Name}] {line}"));

    public async ValueTask DisposeAsync()
    {
        foreach (var instance in All)
        {
            await instance.DisposeAsync();
        }

        if (_broker is not null)
        {
            await _broker.DisposeAsync();
        }

        await Link.DisposeAsync();
    }

    private static string Url(int port) => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");

    private static Dictionary<string, string> Common(int kafkaPort) => new()
    {
        ["ASPNETCORE_ENVIRONMENT"] = "Development", // Where the gateway knows dev-key.
        ["Logging__LogLevel__Default"] = "Warning",
        ["ConnectionStrings__kafka"] = $"127.0.0.1:{kafkaPort}",
        ["Kafka__Embedded"] = "true",
        ["Kafka__SessionTimeoutMs"] = $"{(int)SessionTimeout.TotalMilliseconds}",
        ["Fees__wallet__FixedMinor"] = "25",
        ["Fees__wallet__BasisPoints"] = "150",
        ["Fees__card__FixedMinor"] = "30",
        ["Invariants__EveryMs"] = "5000",
        ["Invariants__GraceMs"] = "4000",
        ["Processor__HangMs"] = "3000",
        ["CardStep__TimeoutMs"] = "1000",
        ["CardStep__CallMs"] = "4000",
        ["CardStep__LeaseMs"] = "5000",
        ["CardStep__RetryLongestMs"] = "1000",
        ["CardStep__BreakerOpenMs"] = "1000",
        ["Proxy__AnswerTimeoutMs"] = "5000",
        ["Proxy__ProbeIntervalMs"] = "500",
        ["Proxy__ProbeTimeoutMs"] = "1000",
    };

    private Instance Add(ServiceKind kind, int port)
    {
        var siblings = _instances.TryGetValue(kind, out var known) ? known : _instances[kind] = [];
        var name = $"{kind.Name}-{siblings.Count + 1}";
        var settings = new Dictionary<string, string>(_common);
        if (kind.Database is { } database)
        {
            settings[$"ConnectionStrings__{database}"] =
                new NpgsqlConnectionStringBuilder(ConnectionString(database)) { ApplicationName = name }.ConnectionString;
        }

        var instance = new Instance(name, kind, port, settings);
        siblings.Add(instance);
        return instance;
    }

    private string ConnectionString(string database) => database switch
    {
        "payments" => Databases.Payments,
        "wallets" => Databases.Wallets,
        "sagas" => Databases.Sagas,
        _ => Databases.Processor,
    };

    private Child StartBroker() => Child.Start(
        "broker",
        "Payments.Tools",
        new Dictionary<string, string>(),
        "broker", "--port", $"{_brokerPort}", "--advertise", $"127.0.0.1:{Link.Port}");
}
