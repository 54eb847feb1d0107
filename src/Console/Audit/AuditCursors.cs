using System.Globalization;

namespace Payments.Console.Audit;

/// <summary>Where the pages of several trails go on: <c>payments:12,wallets:40</c>. What makes no sense is left out.</summary>
public static class AuditCursors
{
    public static IReadOnlyDictionary<string, long> Read(string? text)
    {
        var cursors = new Dictionary<string, long>();
        foreach (var part in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part.Split(':') is [var source, var number]
                && AuditQuery.Sources.Contains(source)
                && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var before))
            {
                cursors[source] = before;
            }
        }

        return cursors;
    }

    /// <summary>After a page: the last entry shown of each trail; what was shown of none goes on where it was.</summary>
    public static string After(IReadOnlyDictionary<string, long> before, IEnumerable<(string Source, long Id)> shown)
    {
        var cursors = new SortedDictionary<string, long>(before.ToDictionary(), StringComparer.Ordinal);
        foreach (var (source, id) in shown)
        {
            cursors[source] = id;
        }

        return string.Join(',', cursors.Select(c => $"{c.Key}:{c.Value}"));
    }
}
