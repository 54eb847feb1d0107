using System.Globalization;
using System.Text.RegularExpressions;

namespace Payments.Standalone.Postgres;

/// <summary>An installed PostgreSQL server.</summary>
internal sealed partial record ServerBinaries(string Folder, int Major)
{
    private const int MajorMin = 14;
    private const string DebianFolder = "/usr/lib/postgresql";

    public string Initdb => Path.Combine(Folder, "initdb");

    public string Server => Path.Combine(Folder, "postgres");

    /// <summary>The server that is asked for, else one on PATH, else the newest where Debian and Ubuntu put them.</summary>
    /// <param name="given">A folder to look in, and nowhere else. Null: search.</param>
    /// <param name="majorWanted">The version that made the data, since no other can read it. Null: any from 14 on.</param>
    /// <exception cref="CannotStartException">There is none that will do.</exception>
    public static async Task<ServerBinaries> FindAsync(string? given, int? majorWanted, CancellationToken cancel)
    {
        var folders = given is null ? OnPath().Concat(OfDebian()) : [given];
        var found = new List<ServerBinaries>();
        foreach (var folder in folders.Distinct())
        {
            if (await LookIntoAsync(folder, cancel) is not { } binaries)
                continue;
            if (binaries.Major >= MajorMin && (majorWanted ?? binaries.Major) == binaries.Major)
                return binaries;
            found.Add(binaries);
        }

        throw new CannotStartException(WhatIsMissing(given, majorWanted, found));
    }

    private static string WhatIsMissing(string? given, int? majorWanted, List<ServerBinaries> found)
    {
        var seen = found.Count == 0 ? "" : $" Found: {string.Join(", ", found.Select(b => $"version {b.Major} in {b.Folder}"))}.";
        if (majorWanted is { } major)
        {
            return $"The data was made by PostgreSQL {major}, and its server programs are not installed.{seen} "
                + $"Install them (Debian, Ubuntu: apt-get install postgresql-{major}), or move the data away to start afresh.";
        }

        return given is null
            ? $"PostgreSQL's server programs ({MajorMin} or newer) were not found, neither on PATH nor in {DebianFolder}.{seen} "
                + "Install them (Debian, Ubuntu: apt-get install postgresql), or name their folder in PAYMENTS_POSTGRES_BIN, "
                + "or give a server's connection string in PAYMENTS_POSTGRES."
            : $"PAYMENTS_POSTGRES_BIN names {given}, which does not hold initdb and postgres of version {MajorMin} or newer.{seen}";
    }

    private static async Task<ServerBinaries?> LookIntoAsync(string folder, CancellationToken cancel)
    {
        var binaries = new ServerBinaries(folder, 0);
        if (!File.Exists(binaries.Server) || !File.Exists(binaries.Initdb))
            return null;
        var (_, output) = await Shell.RunAsync([binaries.Server, "--version"], cancel);
        var version = Version().Match(output);
        return version.Success ? binaries with { Major = int.Parse(version.Groups[1].ValueSpan, CultureInfo.InvariantCulture) } : null;
    }

    // A link on PATH (/usr/local/bin/postgres) leads to the folder with the rest.
    private static IEnumerable<string> OnPath() =>
        from folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
        let server = new FileInfo(Path.Combine(folder, "postgres"))
        where server.Exists
        select Path.GetDirectoryName((server.ResolveLinkTarget(returnFinalTarget: true) ?? server).FullName)!;

    private static IEnumerable<string> OfDebian() =>
        !Directory.Exists(DebianFolder)
            ? []
            : Directory.GetDirectories(DebianFolder)
                .Select(folder => (Folder: Path.Combine(folder, "bin"), Major: int.TryParse(Path.GetFileName(folder), out var n) ? n : 0))
                .OrderByDescending(candidate => candidate.Major)
                .Select(candidate => candidate.Folder);

    // "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", "postgres (PostgreSQL) 18beta1".
    [GeneratedRegex(@"PostgreSQL\) (\d+)")]
    private static partial Regex Version();
}
