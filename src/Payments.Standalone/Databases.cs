using Npgsql;
using Payments.Standalone.Postgres;

namespace Payments.Standalone;

/// <summary>The databases of the services: given by connection strings, or on a server that is given, or on one of our own.</summary>
internal sealed class Databases : IAsyncDisposable
{
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
        var missing = StandaloneOptions.Databases.Except(options.ConnectionStrings.Keys).ToList();
        if (missing.Count == 0)
            return new Databases(options.ConnectionStrings, owned: null, "in the databases given");
        if (options.PostgresServer is { } server)
            return await OnServerAsync(server, missing, options, cancel);

        var own = new PrivatePostgresOptions
        {
            DataDirectory = options.DataFolder,
            BinDirectory = options.PostgresBinaries,
            StopPatience = StopPatience,
        };
        var postgres = await PrivatePostgres.StartAsync(own, progress, cancel);
        try
        {
            var strings = new Dictionary<string, string>();
            foreach (var database in missing)
                strings[database] = await postgres.CreateDatabaseAsync(database, cancel);
            return new Databases(strings, postgres, $"in {Path.GetFullPath(options.DataFolder)}");
        }
        catch
        {
            await postgres.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _owned?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static async Task<Databases> OnServerAsync(
        string server, List<string> missing, StandaloneOptions options, CancellationToken cancel)
    {
        var strings = new Dictionary<string, string>(options.ConnectionStrings);
        try
        {
            foreach (var database in missing)
            {
                await DatabaseCreation.CreateIfMissingAsync(server, database, cancel);
                strings[database] = new NpgsqlConnectionStringBuilder(server) { Database = database }.ConnectionString;
            }
        }
        catch (Exception trouble) when (trouble is NpgsqlException or ArgumentException)
        {
            throw new CannotStartException(
                $"The PostgreSQL server in {StandaloneOptions.PostgresName} cannot be used: {trouble.Message}", trouble);
        }

        return new Databases(strings, owned: null, $"on the PostgreSQL server given in {StandaloneOptions.PostgresName}");
    }
}
