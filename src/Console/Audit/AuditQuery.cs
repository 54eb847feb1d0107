using System.Globalization;

namespace Payments.Console.Audit;

/// <summary>Which entries of the audit are looked at: what the address of the page says. What is null does not matter.</summary>
/// <param name="Source">payments, wallets, sagas or operators.</param>
/// <param name="By">Who: a part of the name.</param>
/// <param name="Subject">What it was done to, for example <c>dead-letter/17</c>.</param>
/// <param name="Days">Not older than so many.</param>
public sealed record AuditQuery(
    string? Source = null, string? By = null, string? Act = null, string? Subject = null, string? Days = null, DateTimeOffset? Now = null)
{
    public static readonly IReadOnlyList<string> Sources = ["payments", "wallets", "sagas", "operators"];

    public static readonly IReadOnlyList<(string Value, string Words)> Periods =
        [("1", "last 24 hours"), ("7", "last 7 days"), ("30", "last 30 days")];

    public bool IsFiltered => By is not null || Act is not null || Subject is not null || Days is not null;

    public bool Covers(string source) => Source is null || Source == source;

    public (string Name, string? Value)[] ToApi() => [("by", By), ("act", Act), ("subject", Subject), ("from", From)];

    public string Address(params (string Name, string? Value)[] other)
    {
        var parts = new Dictionary<string, string?>
        {
            ["source"] = Source,
            ["by"] = By,
            ["act"] = Act,
            ["subject"] = Subject,
            ["days"] = Days,
        };
        foreach (var (name, value) in other)
        {
            parts[name] = value;
        }

        var given = parts.Where(p => !string.IsNullOrEmpty(p.Value)).Select(p => $"{p.Key}={Uri.EscapeDataString(p.Value!)}").ToList();
        return given.Count == 0 ? "audit" : "audit?" + string.Join('&', given);
    }

    // To the hour: an address that differs every second would be another question every second.
    private string? From =>
        Now is { } now && int.TryParse(Days, NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days is > 0 and < 36_500
            ? new DateTimeOffset(now.UtcDateTime.Date.AddHours(now.UtcDateTime.Hour), TimeSpan.Zero).AddDays(-days)
                .ToString("O", CultureInfo.InvariantCulture)
            : null;
}
