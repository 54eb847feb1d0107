using System.Globalization;

namespace Payments.Console.Text;

/// <summary>Moments in addresses and in what is asked: UTC, to the second, for example <c>2026-01-31T12:00:00Z</c>.</summary>
public static class UtcText
{
    /// <param name="moment">UTC, as a person gives it in a field.</param>
    public static string? Of(DateTime? moment) => moment?.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>For a field; null for what is no moment.</summary>
    public static DateTime? Parse(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
            ? moment.UtcDateTime
            : null;
}
