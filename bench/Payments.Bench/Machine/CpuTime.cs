using System.Diagnostics;
using System.Globalization;

namespace Payments.Bench.Machine;

/// <summary>
/// Processor time that this process and the server have used, from Linux's <c>/proc</c>. Unlike elapsed time it does not depend on who else
/// is busy.
/// </summary>
internal static class CpuTime
{
    // USER_HZ, which is 100 on every Linux that .NET runs on: proc(5).
    private const double TicksPerSecond = 100;

    // Fields of /proc/<pid>/stat after the name in brackets, counted from 0: proc(5).
    private const int Parent = 1;
    private const int UserTime = 11;
    private const int ChildrensSystemTime = 14;

    public static TimeSpan OfThisProcess()
    {
        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime;
    }

    /// <summary>The server's process, its children, and those that have ended.</summary>
    public static TimeSpan OfServer(BenchServer server)
    {
        var postmaster = File.ReadLines(Path.Combine(server.Folder, "postgres", "postmaster.pid")).First().Trim();
        return OfTree(int.Parse(postmaster, CultureInfo.InvariantCulture));
    }

    /// <summary>A process, its children and theirs, and those of them that have ended and were waited for.</summary>
    public static TimeSpan OfTree(int root)
    {
        var fields = Directory.GetDirectories("/proc")
            .Where(folder => Path.GetFileName(folder).All(char.IsAsciiDigit))
            .Select(folder => (Id: Path.GetFileName(folder), Fields: Fields(folder)))
            .Where(process => process.Fields.Length > ChildrensSystemTime)
            .ToDictionary(process => process.Id, process => process.Fields);
        var children = fields.ToLookup(process => process.Value[Parent], process => process.Key);
        return TimeSpan.FromSeconds(Of($"{root}") / TicksPerSecond);

        long Of(string process) => children[process].Sum(Of) + (fields.TryGetValue(process, out var own)
            ? own[UserTime..(ChildrensSystemTime + 1)].Sum(field => long.Parse(field, CultureInfo.InvariantCulture))
            : 0);
    }

    private static string[] Fields(string folder)
    {
        try
        {
            var stat = File.ReadAllText(Path.Combine(folder, "stat"));
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
