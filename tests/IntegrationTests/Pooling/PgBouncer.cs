using IntegrationTests.EventStore;
using IntegrationTests.Standalone;
using Npgsql;
using Payments.Hosting;
using Payments.Standalone;
using Payments.Standalone.Postgres;

namespace IntegrationTests.Pooling;

/// <summary>
/// A database with the event store's schema behind the real PgBouncer in transaction mode, with fewer sessions than clients.
/// </summary>
public sealed class PgBouncer(PostgresFixture postgres) : IAsyncLifetime
{
    /// <summary>Sessions with the server, for however many clients: each transaction runs in another one.</summary>
    public const int SessionsMax = 4;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly string _folder = Directory.CreateTempSubdirectory("payments-pgbouncer-").FullName;
    private SupervisedProcess _process = null!;

    public EventStoreDatabase Database { get; } = new(postgres);

    /// <summary>Through PgBouncer, with the settings that a service would have.</summary>
    public NpgsqlDataSource Pooled { get; private set; } = null!;

    /// <summary>As a service gets them: through PgBouncer, and to the server itself.</summary>
    public (string Pooled, string Direct) ConnectionStrings { get; private set; }

    public async ValueTask InitializeAsync()
    {
        await Database.InitializeAsync();
        var server = new NpgsqlConnectionStringBuilder(await postgres.CreateDatabaseAsync()) { Database = Database.Name };
        var port = FreePorts.Find(1)[0];
        await StartAsync(server, port);

        ConnectionStrings = (
            new NpgsqlConnectionStringBuilder(server.ConnectionString) { Port = port }.ConnectionString, server.ConnectionString);
        var builder = new NpgsqlDataSourceBuilder(ConnectionStrings.Pooled);
        ConnectionDefaults.Apply(builder.ConnectionStringBuilder, throughPooler: true);
        Pooled = builder.Build();
        await Wait.UntilAsync(Answers, Deadline);
    }

    public async ValueTask DisposeAsync()
    {
        await Pooled.DisposeAsync();
        await _process.DisposeAsync();
        await Database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task StartAsync(NpgsqlConnectionStringBuilder server, int port)
    {
        var settings = Path.Combine(_folder, "pgbouncer.ini");
        var users = Path.Combine(_folder, "users.txt");
        var log = Path.Combine(_folder, "log");
        await File.WriteAllTextAsync(users, $"\"{server.Username}\" \"{server.Password}\"\n");
        await File.WriteAllTextAsync(
            settings,
            $"""
            [databases]
            {server.Database} = host=127.0.0.1 port={server.Port}

            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {port}
            unix_socket_dir =
            auth_type = scram-sha-256
            auth_file = {users}
            pool_mode = transaction
            default_pool_size = {SessionsMax}
            max_client_conn = 1000

            """);
        await File.WriteAllTextAsync(log, "");
        var user = await ServerUser.ChooseAsync(_folder, _folder, default);
        foreach (var path in new[] { _folder, settings, users, log })
        {
            await user.OwnAsync(path, default);
        }

        _process = SupervisedProcess.Start(user, log, TimeSpan.FromSeconds(1), ["pgbouncer", settings]);
    }

    private bool Answers()
    {
        Assert.False(_process.HasExited, _process.HasExited ? _process.Output() : "");
        try
        {
            using var command = Pooled.CreateCommand("select 1");
            return (int)command.ExecuteScalar()! == 1;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }
}
