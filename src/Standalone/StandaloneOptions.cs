using System.Globalization;

namespace Payments.Standalone;

/// <summary>What a person can set, from the environment and from arguments (<c>--NAME=value</c>, which win).</summary>
public sealed record StandaloneOptions
{
    public const string DataFolderName = "PAYMENTS_DATA_DIR";
    public const string GatewayPortName = "PAYMENTS_GATEWAY_PORT";
    public const string ConsolePortName = "PAYMENTS_CONSOLE_PORT";
    public const string PostgresName = "PAYMENTS_POSTGRES";
    public const string PostgresBinariesName = "PAYMENTS_POSTGRES_BIN";

    public const string Help = $"""
        Payments, all of it in one process: PostgreSQL, a Kafka broker, the services, the gateway and the console, on 127.0.0.1.
        Ctrl-C ends it; the data stays, and the next start goes on from there.

        From the environment, or as --NAME=value:

          {DataFolderName}      where the data is kept; .data unless told
          {GatewayPortName}  8080 unless told
          {ConsolePortName}  8081 unless told
          {PostgresBinariesName}  the folder of initdb and postgres, where they are not found by themselves
          {PostgresName}      the connection string of a PostgreSQL server to use instead of one of our own:
                                 "Host=...;Username=...;Password=..."; databases that are missing are created
          ConnectionStrings__payments, ConnectionStrings__wallets, ConnectionStrings__sagas
                                 the same, one by one; the databases must exist
          ConnectionStrings__processor
                                 the card processor's own, which must exist. Unless it is given: a database named processor
                                 beside the others, made if it is missing; where those are given one by one, on the server of payments
          ConnectionStrings__operators
                                 the accounts of those who use the console; the same holds for it
          ConnectionStrings__cache
                                 a Redis to use, "host:6379,password=..."; unless told, one of our own where redis-server is
                                 installed, else none, which is no loss but of copies

          ConnectionStrings__kafka
                                 a Kafka or Redpanda to use, "host:9092,..."; unless told, a broker of our own in this process. It
                                 wants Kafka__ReplicationFactor and Kafka__MinInSyncReplicas, where it has fewer than three brokers

        Any other setting of the services is an argument with a colon, for example --Logging:LogLevel:Default=Information

        """;

    /// <summary>The event logs of the services, by the names of their connection strings.</summary>
    public static readonly IReadOnlyList<string> Databases = ["payments", "wallets", "sagas"];

    /// <summary>The books of the card processor: no event log, and somebody else's in earnest.</summary>
    public const string ProcessorDatabase = "processor";

    /// <summary>The accounts of operators, which the gateway keeps.</summary>
    public const string OperatorsDatabase = "operators";

    private static readonly string[] Names =
        [DataFolderName, GatewayPortName, ConsolePortName, PostgresName, PostgresBinariesName];

    public string DataFolder { get; init; } = ".data";

    public int GatewayPort { get; init; } = 8080;

    public int ConsolePort { get; init; } = 8081;

    /// <summary>A PostgreSQL server to use. Null: one of our own, unless every database is given.</summary>
    public string? PostgresServer { get; init; }

    /// <summary>Where PostgreSQL's programs are. Null: they are looked for.</summary>
    public string? PostgresBinaries { get; init; }

    /// <summary>Connection strings of event logs, given one by one: all, or none, or any beside <see cref="PostgresServer"/>.</summary>
    public IReadOnlyDictionary<string, string> ConnectionStrings { get; init; } = new Dictionary<string, string>();

    /// <summary>The card processor's connection string. Null: its database is made beside the others.</summary>
    public string? Processor { get; init; }

    /// <summary>The connection string of the operators' accounts. Null: their database is made beside the others.</summary>
    public string? Operators { get; init; }

    /// <summary>The connection string of a Redis. Null: one of our own, where it is installed.</summary>
    public string? Cache { get; init; }

    /// <summary>The brokers of a Kafka. Null: one of our own, in this process.</summary>
    public string? Kafka { get; init; }

    /// <summary>Development, where the key <c>dev-key</c> is accepted, unless told otherwise.</summary>
    public string Environment { get; init; } = Environments.Development;

    /// <summary>The API key that the gateway accepts in Development, and only there; null elsewhere.</summary>
    public string? DevelopmentKey => Environment == Environments.Development ? "dev-key" : null;

    /// <summary>Arguments for every host, as they came.</summary>
    public IReadOnlyList<string> HostArguments { get; init; } = [];

    /// <exception cref="CannotStartException">An argument or a value that means nothing, or a connection string is missing.</exception>
    public static StandaloneOptions Parse(string[] args) =>
        Parse(args, new ConfigurationBuilder().AddEnvironmentVariables().Build());

    internal static StandaloneOptions Parse(string[] args, IConfiguration environment)
    {
        foreach (var argument in args.Where(argument => !IsSetting(argument)))
            throw new CannotStartException($"There is no argument '{argument}'. See --help.");

        var settings = new ConfigurationBuilder().AddConfiguration(environment).AddCommandLine(args).Build();
        var options = new StandaloneOptions();
        return options with
        {
            DataFolder = Given(settings, DataFolderName) ?? options.DataFolder,
            GatewayPort = Port(settings, GatewayPortName) ?? options.GatewayPort,
            ConsolePort = Port(settings, ConsolePortName) ?? options.ConsolePort,
            PostgresServer = Given(settings, PostgresName),
            PostgresBinaries = Given(settings, PostgresBinariesName),
            ConnectionStrings = GivenConnectionStrings(settings),
            Processor = Given(settings, $"ConnectionStrings:{ProcessorDatabase}"),
            Operators = Given(settings, $"ConnectionStrings:{OperatorsDatabase}"),
            Cache = Given(settings, "ConnectionStrings:cache"),
            Kafka = Given(settings, "ConnectionStrings:kafka"),
            Environment = Given(settings, "ASPNETCORE_ENVIRONMENT") ?? Given(settings, "DOTNET_ENVIRONMENT") ?? options.Environment,
            HostArguments = [.. args.Where(IsForHosts)],
        };
    }

    private static bool IsSetting(string argument)
    {
        return argument.StartsWith("--", StringComparison.Ordinal)
            && argument.Contains('=', StringComparison.Ordinal)
            && (Names.Contains(argument.Split('=')[0][2..]) || IsForHosts(argument));
    }

    private static bool IsForHosts(string argument) => argument.Split('=')[0].Contains(':', StringComparison.Ordinal);

    private static string? Given(IConfiguration settings, string name) =>
        settings[name] is { } value && !string.IsNullOrWhiteSpace(value) ? value : null;

    private static int? Port(IConfiguration settings, string name)
    {
        if (Given(settings, name) is not { } text)
            return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is >= 1 and <= 65535
            ? port
            : throw new CannotStartException($"{name} is '{text}', which is no port: a number from 1 to 65535 is wanted.");
    }

    private static Dictionary<string, string> GivenConnectionStrings(IConfiguration settings)
    {
        var given = Databases
            .Select(database => (Database: database, Value: Given(settings, $"ConnectionStrings:{database}")))
            .Where(pair => pair.Value is not null)
            .ToDictionary(pair => pair.Database, pair => pair.Value!);
        if (given.Count == 0 || given.Count == Databases.Count || Given(settings, PostgresName) is not null)
            return given;

        var missing = Databases.Except(given.Keys).Select(database => $"ConnectionStrings__{database}");
        throw new CannotStartException(
            $"Some databases are given, others are not: set {string.Join(" and ", missing)} too, or {PostgresName} for all of them.");
    }
}
