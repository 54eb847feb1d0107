using System.CommandLine;
using Npgsql;
using Payments.Standalone;
using Payments.Standalone.Postgres;

namespace Payments.Tools;

/// <summary>The databases to work on, by name, and the server that was started for that, if one was.</summary>
internal sealed class Logs : IAsyncDisposable
{
    private readonly IAsyncDisposable? _server;

    private Logs(IReadOnlyDictionary<string, string> connectionStrings, string where, IAsyncDisposable? server)
    {
        Databases = connectionStrings.ToDictionary(pair => pair.Key, pair => NpgsqlDataSource.Create(pair.Value));
        Where = where;
        _server = server;
    }

    public IReadOnlyDictionary<string, NpgsqlDataSource> Databases { get; }

    /// <summary>For people: never with a password.</summary>
    public string Where { get; }

    public static Option<string?> LogOption() => new("--log") { Description = "only payments, wallets or sagas" };

    public static Option<string?> ConnectionOption() => new("--connection")
    {
        Description = "this one database instead of those in the data folder (PAYMENTS_DATA_DIR) or in PAYMENTS_POSTGRES",
    };

    /// <summary>
    /// Finds them where <c>./payments run</c> has them. Creates none. Starts a server, where none runs, until this is disposed.
    /// </summary>
    /// <param name="connection">The connection string of one database, to work on that alone.</param>
    /// <param name="only">The name of one log, to work on that alone.</param>
    /// <exception cref="CannotStartException">There is no log of that name, or no data, or its server cannot be started.</exception>
    public static async Task<Logs> OpenAsync(string? connection, string? only, CancellationToken cancel)
    {
        if (connection is not null)
            return Given(connection, only);
        IReadOnlyList<string> names = only is null ? StandaloneOptions.Databases
            : StandaloneOptions.Databases.Contains(only) ? [only]
            : throw new CannotStartException($"There is no log '{only}'; there are {string.Join(", ", StandaloneOptions.Databases)}.");

        var options = StandaloneOptions.Parse([]);
        if (options.PostgresServer is not null || options.ConnectionStrings.Count > 0)
            return new Logs(names.ToDictionary(name => name, name => FromSettings(options, name)), "in the databases given", server: null);

        var where = $"in {Path.GetFullPath(options.DataFolder)}";
        if (RunningPostgres.Find(options.DataFolder) is { } running)
            return new Logs(names.ToDictionary(name => name, running.ConnectionString), where, server: null);
        if (!PrivatePostgres.HasData(options.DataFolder))
        {
            throw new CannotStartException(
                $"There is no data {where}. Name its folder in {StandaloneOptions.DataFolderName}, or a database with --connection.");
        }

        var server = await PrivatePostgres.StartAsync(
            new PrivatePostgresOptions { DataDirectory = options.DataFolder, BinDirectory = options.PostgresBinaries },
            System.Console.Error.WriteLine,
            cancel);
        return new Logs(names.ToDictionary(name => name, server.ConnectionString), where, server);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var database in Databases.Values)
            await database.DisposeAsync();
        await (_server?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    private static Logs Given(string connection, string? only)
    {
        try
        {
            var name = only ?? new NpgsqlConnectionStringBuilder(connection).Database ?? "log";
            return new Logs(new Dictionary<string, string> { [name] = connection }, "in the database given", server: null);
        }
        catch (ArgumentException mistake)
        {
            throw new CannotStartException($"--connection is no connection string: {mistake.Message}");
        }
    }

    private static string FromSettings(StandaloneOptions options, string name) =>
        options.ConnectionStrings.TryGetValue(name, out var given) ? given
        : new NpgsqlConnectionStringBuilder(options.PostgresServer) { Database = name }.ConnectionString;
}
