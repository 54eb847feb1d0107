using System.Globalization;

namespace Payments.Console.Text;

/// <summary>Counts, rates and durations for people, short and always of the same form.</summary>
public static class Figures
{
    public static string Count(long? count) => count is { } n ? n.ToString("N0", CultureInfo.InvariantCulture) : "–";

    public static string PerSecond(double? rate) => rate switch
    {
        null => "–",
        < 10 => rate.Value.ToString("0.0", CultureInfo.InvariantCulture),
        _ => rate.Value.ToString("N0", CultureInfo.InvariantCulture),
    };

    /// <summary>Never rounded up to 100: one failure in a thousand must show.</summary>
    public static string Percent(long part, long whole)
    {
        if (whole == 0)
        {
            return "–";
        }

        var tenths = Math.Floor(part * 1000m / whole);
        return (tenths / 10).ToString("0.#", CultureInfo.InvariantCulture) + " %";
    }

    public static string Milliseconds(double? ms) => ms switch
    {
        null => "–",
        < 10 => ms.Value.ToString("0.0", CultureInfo.InvariantCulture) + " ms",
        < 10_000 => ms.Value.ToString("N0", CultureInfo.InvariantCulture) + " ms",
        _ => (ms.Value / 1000).ToString("N1", CultureInfo.InvariantCulture) + " s",
    };

    /// <summary>In its largest whole unit: <c>12 s</c>, <c>5 min</c>, <c>3 h</c>, <c>9 d</c>.</summary>
    public static string Span(TimeSpan span) => span switch
    {
        { TotalSeconds: < 1 } => "0 s",
        { TotalMinutes: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalSeconds} s"),
        { TotalHours: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalMinutes} min"),
        { TotalDays: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalHours} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalDays} d"),
    };

    /// <summary>The last eight characters: of ids that sort by time, the end is what tells them apart.</summary>
    public static string ShortId(Guid id) => id.ToString("D")[^8..];
}
