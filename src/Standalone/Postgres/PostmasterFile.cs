using System.Globalization;

namespace Payments.Standalone.Postgres;

/// <summary>
/// What a PostgreSQL server says about itself in <c>postmaster.pid</c>: line 1 is its process, 2 its data folder, 4 its port, 8 its state
/// (src/include/utils/pidfile.h in PostgreSQL; pg_ctl reads it in the same way).
/// </summary>
internal sealed record PostmasterFile(int ProcessId, string DataFolder, int Port, bool IsReady)
{
    /// <summary>Null when there is no such file, or none that is complete enough to tell.</summary>
    public static PostmasterFile? Read(string cluster)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(PathIn(cluster));
        }
        catch (IOException)
        {
            return null;   // Not there, or just being removed.
        }

        return lines.Length >= 4
            && int.TryParse(lines[0], CultureInfo.InvariantCulture, out var processId)
            && int.TryParse(lines[3], CultureInfo.InvariantCulture, out var port)
                ? new PostmasterFile(processId, lines[1], port, lines.ElementAtOrDefault(7)?.Trim() == "ready")
                : null;
    }

    public static string PathIn(string cluster) => Path.Combine(cluster, "postmaster.pid");

    /// <summary>
    /// Whether that process lives and is the server of this data. After a reboot or in a new container the number may belong to
    /// anybody, which PostgreSQL itself does not notice when that process has the same user.
    /// </summary>
    public bool IsServerAlive() => Arguments() is { } arguments && arguments.Contains(DataFolder);

    /// <summary>Whether some other process has the number now.</summary>
    public bool IsNumberTaken() => Arguments() is { } arguments && !arguments.Contains(DataFolder);

    // Null when there is no such process.
    private string[]? Arguments()
    {
        try
        {
            return File.ReadAllText($"/proc/{ProcessId}/cmdline").Split('\0');
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
