using Npgsql;
using Payments.Standalone.Postgres;

namespace Payments.Standalone;

/// <summary>The databases of the services: given by connection strings, or on a server that is given, or on one of our own.</summary>
internal sealed class Databases : IAsyncDisposable
{
    private const string OneByOne = "in the databases given";

    // A stop of the whole is to take five seconds at most.
    private static readonly TimeSpan StopPatience = TimeSpan.FromMilliseconds(1500);

    private readonly IReadOnlyDictionary<string, string> _connectionStrings;
    private readonly IAsyncDisposable? _owned;

    private Databases(IReadOnlyDictionary<string, string> connectionStrings, IAsyncDisposable? owned, string where)
    {
        _connectionStrings = connectionStrings;
        _owned = owned;
        Where = where;
    }

    /// <summary>Where the data is, for people: never with a password.</summary>
    public string Where { get; }

    /// <summary>Ends when our own server has ended; never for others.</summary>
    public Task Exited => _owned is PrivatePostgres postgres ? postgres.Exited : Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System);

    public string ConnectionString(string database) => _connectionStrings[database];

    /// <summary>All databases exist when this returns; their schemas are the services' affair.</summary>
    public static async Task<Databases> StartAsync(StandaloneOptions options, Action<string> progress, CancellationToken cancel)
    {
        var given = new Dictionary<string, string>(options.ConnectionStrings);
        if (options.Processor is { } processor)
            given[StandaloneOptions.ProcessorDatabase] = processor;
        if (options.Operators is { } operators)
            given[StandaloneOptions.OperatorsDatabase] = operators;
        string[] others = [StandaloneOptions.ProcessorDatabase, StandaloneOptions.OperatorsDatabase];
        var missing = StandaloneOptions.Databases.Concat(others).Except(given.Keys).ToList();
        if (missing.Count == 0)
            return new Databases(given, owned: null, OneByOne);
        if (options.PostgresServer is { } server)
        {
            await CreateAsync(server, StandaloneOptions.PostgresName, missing, given, cancel);
            return new Databases(given, owned: null, $"on the PostgreSQL server given in {StandaloneOptions.PostgresName}");
        }

        // Whoever gave the logs one by one before there were a card processor and operators goes on without a word.
        if (options.ConnectionStrings.TryGetValue("payments", out var payments))
        {
            await CreateAsync(payments, "ConnectionStrings__payments", missing, given, cancel);
            return new Databases(given, owned: null, OneByOne);
        }

        var own = new PrivatePostgresOptions
        {
            DataDirectory = options.DataFolder,
            BinDirectory = options.PostgresBinaries,
            StopPatience = StopPatience,
        };
        var postgres = await PrivatePostgres.StartAsync(own, progress, cancel);
        try
        {
            foreach (var database in missing)
                given[database] = await postgres.CreateDatabaseAsync(database, cancel);
            return new Databases(given, postgres, $"in {Path.GetFullPath(options.DataFolder)}");
        }
        catch
        {
            await postgres.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _owned?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static async Task CreateAsync(
        string server, string setting, List<string> missing, Dictionary<string, string> given, CancellationToken cancel)
    {
        var creating = "";
        try
        {
            foreach (var database in missing)
            {
                creating = database;
                await DatabaseCreation.CreateIfMissingAsync(server, database, cancel);
                given[database] = new NpgsqlConnectionStringBuilder(server) { Database = database }.ConnectionString;
            }
        }
        catch (Exception trouble) when (trouble is NpgsqlException or ArgumentException or NotSupportedException)
        {
            throw new CannotStartException(
                $"The PostgreSQL server in {setting} cannot be used for the database {creating}: {trouble.Message} "
                + $"Mend {setting}, or make that database and name it in ConnectionStrings__{creating}.",
                trouble);
        }
    }
}
