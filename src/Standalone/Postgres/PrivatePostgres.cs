namespace Payments.Standalone.Postgres;

/// <summary>
/// A PostgreSQL server of our own, from the installed programs: durable, on 127.0.0.1 and a free port, behind a random password. It stops
/// when this object is disposed, and also when this process ends in any other way.
/// </summary>
public sealed class PrivatePostgres : IAsyncDisposable
{
    private readonly DataFolder _folder;
    private readonly SupervisedProcess _server;
    private readonly int _port;
    private readonly string _password;

    private PrivatePostgres(DataFolder folder, SupervisedProcess server, int port, string password)
    {
        _folder = folder;
        _server = server;
        _port = port;
        _password = password;
    }

    /// <summary>Ends when the server has: after <see cref="DisposeAsync"/>, or because something went badly wrong.</summary>
    public Task Exited => _server.ExitAsync(CancellationToken.None);

    /// <summary>Whether a server of our own has ever kept data in a folder.</summary>
    public static bool HasData(string dataFolder) => Cluster.ExistsIn(Path.GetFullPath(dataFolder));

    /// <summary>Starts the server, after making its data if there is none yet. It accepts connections when this returns.</summary>
    /// <param name="progress">Gets a line when something takes long enough to make a person wonder.</param>
    /// <exception cref="CannotStartException">The message says why, and what to do.</exception>
    public static async Task<PrivatePostgres> StartAsync(
        PrivatePostgresOptions options, Action<string>? progress = null, CancellationToken cancel = default)
    {
        options.Validate();
        var folder = DataFolder.Open(options.DataDirectory);
        try
        {
            return await StartAsync(options, folder, progress ?? (_ => { }), cancel);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    private static async Task<PrivatePostgres> StartAsync(
        PrivatePostgresOptions options, DataFolder folder, Action<string> progress, CancellationToken cancel)
    {
        var cluster = new Cluster(folder);
        var binaries = await ServerBinaries.FindAsync(options.BinDirectory, cluster.Major, cancel);
        var user = await ServerUser.ChooseAsync(folder.Path, cluster.Data, cancel);
        var start = new ServerStart(cluster, binaries, user, options);
        await cluster.PrepareLogAsync(user, cancel);
        if (cluster.Exists)
        {
            await ReportIfSlow.RunAsync(
                progress, "Waiting for the PostgreSQL of an earlier run to shut down ...", start.WaitForPredecessorAsync(cancel));
        }
        else
        {
            await ReportIfSlow.RunAsync(
                progress, $"Making a PostgreSQL {binaries.Major} database in {folder.Path} ...",
                cluster.CreateAsync(binaries, user, options.StopPatience, cancel));
        }

        await cluster.ConfigureAsync(options, user, cancel);
        var password = Cluster.ReadPassword(folder.Path);
        var (server, port) = await ReportIfSlow.RunAsync(
            progress, "PostgreSQL is starting; after a crash it first reads its log again ...", start.RunAsync(cancel));
        return new PrivatePostgres(folder, server, port, password);
    }

    /// <summary>How to reach a database of this server as its superuser. Keep it out of logs: the password is in it.</summary>
    public string ConnectionString(string database) => Cluster.ConnectionString(_port, _password, database);

    /// <summary>Creates a database unless it exists.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> CreateDatabaseAsync(string name, CancellationToken cancel = default)
    {
        await DatabaseCreation.CreateIfMissingAsync(ConnectionString("postgres"), name, cancel);
        return ConnectionString(name);
    }

    /// <summary>
    /// Rolls back what is open, shuts the server down, and waits until it is gone. Abrupt when that takes longer than the options allow;
    /// nothing committed is lost either way.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }
}
