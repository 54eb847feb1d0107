using IntegrationTests.Standalone;
using Npgsql;
using Payments.Standalone;
using Payments.Standalone.Postgres;

namespace IntegrationTests.Restores;

/// <summary>A PostgreSQL at one port, of which a base backup is taken while it works, and which is put back to it.</summary>
internal sealed class RestorableServer : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), $"restore-{Guid.NewGuid():N}")).FullName;
    private readonly int _port = FreePorts.Find(1)[0];
    private PrivatePostgres? _server;

    private string Data => Path.Combine(_folder, "postgres");

    private string Backup => Path.Combine(_folder, "backup", "data");

    private PrivatePostgresOptions Options => PostgresOwner.Small(_folder) with { Port = _port, ConnectionsMax = 300 };

    public static async Task<RestorableServer> StartAsync()
    {
        var server = new RestorableServer();
        server._server = await PrivatePostgres.StartAsync(server.Options);
        return server;
    }

    public Task<string> CreateDatabaseAsync(string name) => _server!.CreateDatabaseAsync(name);

    /// <summary>As it is documented: <c>pg_basebackup</c>, from a server that goes on working.</summary>
    public async Task BackUpAsync()
    {
        var there = new NpgsqlConnectionStringBuilder(_server!.ConnectionString("postgres"));
        var parent = Directory.CreateDirectory(Path.GetDirectoryName(Backup)!).FullName;
        var binaries = await ServerBinaries.FindAsync(Options.BinDirectory, null, default);
        var user = await ServerUser.ChooseAsync(_folder, Data, default);
        await user.OwnAsync(parent, default);
        var connection = $"host=127.0.0.1 port={_port} user={there.Username} password={there.Password} sslmode=disable";
        var (status, output) = await Shell.RunAsync(
            [.. user.Prefix, Path.Combine(binaries.Folder, "pg_basebackup"), "-D", Backup, "-X", "stream", "-c", "fast", "-d", connection],
            default);
        Assert.True(status == 0, output);
    }

    /// <summary>The server is stopped, and started on the backup.</summary>
    public async Task RestoreAsync()
    {
        await _server!.DisposeAsync();
        Directory.Move(Data, $"{Data}.lost");
        Directory.Move(Backup, Data);
        _server = await PrivatePostgres.StartAsync(Options);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        NpgsqlConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }
}
