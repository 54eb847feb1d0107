using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Npgsql;
using Payments.Bench.Measuring;

namespace Payments.Bench.Machine;

/// <summary>What one must know of a machine to read figures measured on it.</summary>
internal static class MachineFacts
{
    private const int FlushesMeasured = 200;
    private const int PageBytes = 8192;

    public static async Task PrintAsync(BenchServer server, TextWriter to, CancellationToken cancel)
    {
        var memoryGb = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1 << 30);
        var settings = await SettingsAsync(server, cancel);
        var flushMs = FlushLatencies(server.Folder).PercentileMs(50);
        to.WriteLine($"{Environment.ProcessorCount} cores ({ProcessorName()}), {memoryGb:N0} GB, load {LoadBefore()} at the start");
        to.WriteLine($"{RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}");
        to.WriteLine($"PostgreSQL {settings}");
        to.WriteLine($"data on {new DriveInfo(server.Folder).DriveFormat}; a page is on disk (fsync) after {Table.Figure(flushMs)} ms");
        to.WriteLine();
    }

    private static async Task<string> SettingsAsync(BenchServer server, CancellationToken cancel)
    {
        string[] names = ["server_version", "fsync", "synchronous_commit", "full_page_writes", "wal_compression", "shared_buffers"];
        await using var connection = new NpgsqlConnection(server.ConnectionString("postgres"));
        await connection.OpenAsync(cancel);
        var values = new List<string>();
        foreach (var name in names)
        {
            await using var show = new NpgsqlCommand($"show {name}", connection);
            values.Add((string)(await show.ExecuteScalarAsync(cancel))!);
        }

        return values[1] == "on" && values[2] == "on"
            ? $"{values[0]}: {string.Join(", ", names.Zip(values, (name, value) => $"{name} {value}").Skip(1))}"
            : throw new NoResultException("PostgreSQL does not run durably (fsync, synchronous_commit): its figures would mean nothing.");
    }

    private static Latencies FlushLatencies(string folder)
    {
        var path = Path.Combine(folder, "fsync-probe");
        var page = new byte[PageBytes];
        var ticks = new List<long>();
        using (var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
        {
            for (var i = 0; i < FlushesMeasured; i++)
            {
                var start = Stopwatch.GetTimestamp();
                file.Write(page);
                file.Flush(flushToDisk: true);
                ticks.Add(Stopwatch.GetTimestamp() - start);
            }
        }

        File.Delete(path);
        return new Latencies(ticks);
    }

    private static string ProcessorName() => ReadLines("/proc/cpuinfo")
        .Where(line => line.StartsWith("model name", StringComparison.Ordinal))
        .Select(line => line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim())
        .FirstOrDefault(RuntimeInformation.ProcessArchitecture.ToString().ToLower(CultureInfo.InvariantCulture));

    private static string LoadBefore() => ReadLines("/proc/loadavg").FirstOrDefault("?").Split(' ')[0];

    private static string[] ReadLines(string path) => File.Exists(path) ? File.ReadAllLines(path) : [];
}
