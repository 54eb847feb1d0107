using System.Diagnostics;
using Payments.Standalone.Postgres;

namespace IntegrationTests.Standalone;

/// <summary>
/// A process that starts a private PostgreSQL, writes something and then does nothing, to be killed: this test program, asked to run
/// one explicit test.
/// </summary>
public sealed class PostgresOwner
{
    public const int Written = 4711;

    private const string FolderVariable = "PAYMENTS_TEST_OWNER_FOLDER";
    private const string ReadyLine = "owner is ready";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    public static PrivatePostgresOptions Small(string folder) => new()
    {
        DataDirectory = folder,
        BinDirectory = Environment.GetEnvironmentVariable("PAYMENTS_POSTGRES_BIN"),
        SharedBuffersMb = 16,
        WalMbMax = 64,
    };

    /// <summary>Starts the process and waits until it has written <see cref="Written"/>.</summary>
    public static async Task<Process> StartProcessAsync(string folder)
    {
        var process = ExplicitTest.Start(
            typeof(PostgresOwner), nameof(Lives_until_it_is_killed), new Dictionary<string, string> { [FolderVariable] = folder });
        await Wait.UntilAsync(() => File.Exists(ReadyFile(folder)) || process.HasExited, Deadline);
        Assert.False(process.HasExited, "The owner ended by itself.");
        return process;
    }

    [Fact(Explicit = true)]
    public async Task Lives_until_it_is_killed()
    {
        var folder = ExplicitTest.Given(FolderVariable);
        await using var postgres = await PrivatePostgres.StartAsync(Small(folder));
        await PrivatePostgresTests.WriteAsync(postgres, Written);
        await File.WriteAllTextAsync(ReadyFile(folder), ReadyLine);
        await Task.Delay(Deadline);
    }

    private static string ReadyFile(string folder) => Path.Combine(folder, "ready");
}
