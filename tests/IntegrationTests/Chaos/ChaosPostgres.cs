using System.Diagnostics;
using IntegrationTests.Standalone;
using Npgsql;
using Payments.Standalone;
using Payments.Standalone.Postgres;
using Databases = IntegrationTests.WholeSystem.Databases;

namespace IntegrationTests.Chaos;

/// <summary>A PostgreSQL for the chaos tests alone, at one port for all its lives: it is restarted under those who use it.</summary>
internal sealed class ChaosPostgres : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), $"chaos-{Guid.NewGuid():N}")).FullName;
    private readonly int _port = FreePorts.Find(1)[0];
    private PrivatePostgres? _server;
    private int _sets;

    private PrivatePostgres Server => _server!;

    /// <summary>Starts it unless it runs.</summary>
    public async Task EnsureRunningAsync()
    {
        if (_server is null || _server.Exited.IsCompleted)
        {
            await DisposeServerAsync();
            await StartAsync();
        }
    }

    /// <summary>Four databases that nobody has used.</summary>
    public async Task<Databases> CreateDatabasesAsync()
    {
        var set = ++_sets;
        return new Databases(
            await Server.CreateDatabaseAsync($"payments_{set}"),
            await Server.CreateDatabaseAsync($"wallets_{set}"),
            await Server.CreateDatabaseAsync($"sagas_{set}"),
            await Server.CreateDatabaseAsync($"processor_{set}"));
    }

    /// <summary>Fast: sessions are ended, what they did not commit is rolled back, and all is written out.</summary>
    public async Task RestartAsync()
    {
        await DisposeServerAsync();
        await StartAsync();
    }

    /// <summary>Immediate: as after a crash. The next start reads the write-ahead log again.</summary>
    public async Task CrashAsync()
    {
        var main = PostmasterFile.Read(Path.Combine(_folder, "postgres"))!;
        using (var kill = Process.Start("kill", ["-QUIT", $"{main.ProcessId}"]))
        {
            await kill.WaitForExitAsync();
        }

        await Server.Exited.WaitAsync(Deadline);
        await RestartAsync();
    }

    /// <summary>Ends all sessions of an instance, at the server's end.</summary>
    /// <returns>How many there were.</returns>
    public async Task<long> CutAsync(string application)
    {
        // Not from a pool: a pooled session may be one of the server's last life.
        var admin = new NpgsqlConnectionStringBuilder(Server.ConnectionString("postgres")) { Pooling = false };
        await using var connection = new NpgsqlConnection(admin.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var cut = new NpgsqlCommand(
            "select count(*) from pg_stat_activity a, pg_terminate_backend(a.pid) where a.application_name = $1", connection)
        {
            Parameters = { new() { Value = application } },
        };
        return (long)(await cut.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    public async ValueTask DisposeAsync()
    {
        await DisposeServerAsync();
        NpgsqlConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task StartAsync() =>
        _server = await PrivatePostgres.StartAsync(
            PostgresOwner.Small(_folder) with { Port = _port, SharedBuffersMb = 64, ConnectionsMax = 400 });

    private async Task DisposeServerAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
            _server = null;
        }
    }
}
