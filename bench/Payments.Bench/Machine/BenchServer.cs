using Npgsql;
using Payments.Standalone;
using Payments.Standalone.Postgres;

namespace Payments.Bench.Machine;

/// <summary>The PostgreSQL of one run, with the settings that Standalone gives its own, in a temporary folder that goes with it.</summary>
internal sealed class BenchServer : IAsyncDisposable
{
    private const string FolderPrefix = "payments-bench-";

    private readonly PrivatePostgres _postgres;

    private BenchServer(string folder, PrivatePostgres postgres)
    {
        Folder = folder;
        _postgres = postgres;
    }

    /// <summary>For whatever the run needs to keep; deleted at the end.</summary>
    public string Folder { get; }

    public static async Task<BenchServer> StartAsync(CancellationToken cancel)
    {
        DeleteWhatKilledRunsLeft();
        var folder = Path.Combine(Path.GetTempPath(), $"{FolderPrefix}{Environment.ProcessId}-{Guid.NewGuid():N}");
        try
        {
            var options = new PrivatePostgresOptions
            {
                DataDirectory = folder,
                BinDirectory = Environment.GetEnvironmentVariable(StandaloneOptions.PostgresBinariesName),
            };
            return new BenchServer(folder, await PrivatePostgres.StartAsync(options, Measuring.Progress.Step, cancel));
        }
        catch when (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    /// <summary>A fresh database. The connection string holds the password.</summary>
    public Task<string> CreateDatabaseAsync(string name, CancellationToken cancel) => _postgres.CreateDatabaseAsync(name, cancel);

    public string ConnectionString(string database) => _postgres.ConnectionString(database);

    /// <summary>Writes out what earlier measurements left to be written, so that the next one does not pay for it.</summary>
    public async Task CheckpointAsync(CancellationToken cancel)
    {
        await using var connection = new NpgsqlConnection(ConnectionString("postgres"));
        await connection.OpenAsync(cancel);
        await using var command = new NpgsqlCommand("checkpoint", connection);
        await command.ExecuteNonQueryAsync(cancel);
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await _postgres.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private static void DeleteWhatKilledRunsLeft()
    {
        foreach (var folder in Directory.GetDirectories(Path.GetTempPath(), FolderPrefix + "*"))
        {
            try
            {
                using (DataFolder.Open(folder))
                    Directory.Delete(folder, recursive: true);
            }
            catch (Exception obstacle) when (obstacle is CannotStartException or IOException or UnauthorizedAccessException)
            {
                // In use by another run, or another user's.
            }
        }
    }
}
