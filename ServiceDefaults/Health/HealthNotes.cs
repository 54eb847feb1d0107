using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Payments.ServiceDefaults.Health;

/// <summary>
/// What <c>/health</c> says of a check besides its state. Anyone may read it: no names of machines, no addresses, no data.
/// </summary>
public static class HealthNotes
{
    private const string Key = "note";

    public static HealthCheckResult Result(HealthStatus status, string note) =>
        new(status, note, data: new Dictionary<string, object> { [Key] = note });

    internal static string? Of(HealthReportEntry entry) => entry.Data.GetValueOrDefault(Key) as string;
}
