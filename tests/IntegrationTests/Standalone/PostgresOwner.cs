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
        var start = new ProcessStartInfo(
            Environment.ProcessPath!,
            [.. HostArguments(), "-explicit", "only", "-method", $"{typeof(PostgresOwner).FullName}.{nameof(Lives_until_it_is_killed)}"])
        {
            RedirectStandardOutput = true,
            Environment = { [FolderVariable] = folder },
        };
        var process = Process.Start(start)!;
        await Wait.UntilAsync(() => File.Exists(ReadyFile(folder)) || process.HasExited, Deadline);
        Assert.False(process.HasExited, "The owner ended by itself.");
        return process;
    }

    [Fact(Explicit = true)]
    public async Task Lives_until_it_is_killed()
    {
        var folder = Environment.GetEnvironmentVariable(FolderVariable)
            ?? throw new InvalidOperationException("For other tests to start, not for people.");
        await using var postgres = await PrivatePostgres.StartAsync(Small(folder));
        await PrivatePostgresTests.WriteAsync(postgres, Written);
        await File.WriteAllTextAsync(ReadyFile(folder), ReadyLine);
        await Task.Delay(Deadline);
    }

    // Run by `dotnet IntegrationTests.dll`, the program is dotnet itself.
    private static string[] HostArguments() =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(PostgresOwner).Assembly.Location] : [];

    private static string ReadyFile(string folder) => Path.Combine(folder, "ready");
}
