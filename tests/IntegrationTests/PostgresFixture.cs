using Payments.Standalone;
using Payments.Standalone.Postgres;

[assembly: AssemblyFixture(typeof(IntegrationTests.PostgresFixture))]

namespace IntegrationTests;

/// <summary>
/// One PostgreSQL for a whole run of the tests, as durable as in earnest but small, started when the first test asks for it. A test class
/// takes it as a constructor parameter; so does a class fixture, which is the place to make a database once for all tests of a class.
/// </summary>
public sealed class PostgresFixture : IAsyncDisposable
{
    private const string FolderPrefix = "payments-tests-";

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"{FolderPrefix}{Environment.ProcessId}-{Guid.NewGuid():N}");
    private readonly Lazy<Task<PrivatePostgres>> _server;
    private int _databases;

    public PostgresFixture() => _server = new Lazy<Task<PrivatePostgres>>(StartAsync);

    /// <summary>A fresh, empty database that nobody else knows of.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> CreateDatabaseAsync()
    {
        var server = await _server.Value;
        return await server.CreateDatabaseAsync($"test_{Interlocked.Increment(ref _databases)}", TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_server.IsValueCreated)
            return;
        await (await _server.Value).DisposeAsync();
        try
        {
            Directory.Delete(_folder, recursive: true);
        }
        catch (IOException)
        {
            // Another run that starts just now has taken it for one of a killed run, and deletes it too. What is left goes with the next.
        }
    }

    private async Task<PrivatePostgres> StartAsync()
    {
        DeleteWhatKilledRunsLeft();
        return await PrivatePostgres.StartAsync(new PrivatePostgresOptions
        {
            DataDirectory = _folder,
            BinDirectory = Environment.GetEnvironmentVariable("PAYMENTS_POSTGRES_BIN"),
            SharedBuffersMb = 64,
            ConnectionsMax = 800, // Test classes run side by side, each with pools of its own.
            WalMbMax = 256,
        });
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
