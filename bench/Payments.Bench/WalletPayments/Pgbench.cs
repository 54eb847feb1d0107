using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;
using Payments.Bench.Machine;
using Payments.Standalone;

namespace Payments.Bench.WalletPayments;

/// <summary>PostgreSQL's own benchmark, in a database of its own on the same server: what a transfer of money costs there.</summary>
internal sealed partial class Pgbench(string program, string connectionString)
{
    private const string Database = "tpcb";
    private const int Clients = 16;

    /// <summary>The arguments that measure; for people to repeat it.</summary>
    public static string Describe(int scale, int seconds) => $"pgbench -s {scale} -c {Clients} -j 2 -T {seconds} -M prepared";

    /// <summary>Finds pgbench and fills its tables.</summary>
    public static async Task<Pgbench> PrepareAsync(BenchServer server, int scale, CancellationToken cancel)
    {
        var pgbench = new Pgbench(FindProgram(), await server.CreateDatabaseAsync(Database, cancel));
        await pgbench.RunAsync(["-i", "-q", "-s", $"{scale}"], cancel);
        return pgbench;
    }

    /// <summary>TPC-B transactions a second.</summary>
    public async Task<(double PerSecond, double LatencyMs)> MeasureAsync(int seconds, CancellationToken cancel)
    {
        var said = await RunAsync(["-c", $"{Clients}", "-j", "2", "-T", $"{seconds}", "-M", "prepared"], cancel);
        return (Number(Tps(), said), Number(Latency(), said));
    }

    private async Task<string> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancel)
    {
        var server = new NpgsqlConnectionStringBuilder(connectionString);
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["PGHOST"] = server.Host,
                ["PGPORT"] = $"{server.Port}",
                ["PGUSER"] = server.Username,
                ["PGPASSWORD"] = server.Password,   // In the environment: arguments are for all to see.
                ["PGDATABASE"] = Database,
                ["PGSSLMODE"] = "disable",
            },
        };
        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancel);
            var errors = process.StandardError.ReadToEndAsync(cancel);
            await process.WaitForExitAsync(cancel);
            return process.ExitCode == 0
                ? await output
                : throw new NoResultException($"pgbench ended with status {process.ExitCode}:\n{await errors}");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    // Debian keeps it with the server; pgbench on PATH is a script there that looks for it.
    private static string FindProgram()
    {
        var given = Environment.GetEnvironmentVariable(StandaloneOptions.PostgresBinariesName) ?? "";
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        var debian = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin")).OrderDescending()
            : Enumerable.Empty<string>();
        return path.Prepend(given).Concat(debian).Select(place => Path.Combine(place, "pgbench")).FirstOrDefault(File.Exists)
            ?? throw new NoResultException("There is no pgbench (Debian: apt-get install postgresql); --pgbench-seconds 0 leaves it out.");
    }

    private static double Number(Regex pattern, string said) => pattern.Match(said) is { Success: true } match
        ? double.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture)
        : throw new NoResultException($"pgbench said something unexpected:\n{said}");

    [GeneratedRegex(@"^tps = ([0-9.]+)", RegexOptions.Multiline)]
    private static partial Regex Tps();

    [GeneratedRegex(@"^latency average = ([0-9.]+) ms", RegexOptions.Multiline)]
    private static partial Regex Latency();
}
