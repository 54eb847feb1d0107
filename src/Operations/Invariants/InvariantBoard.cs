using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Payments.Operations.Invariants;

/// <summary>How many alerts are open, for the metric and the health checks of this process.</summary>
/// <param name="log">The name of the service's log.</param>
public sealed class InvariantBoard(string log, IEnumerable<Invariant> invariants)
{
    private static readonly Meter Meter = new("Payments.Services");
    private static readonly ConcurrentDictionary<(string Log, string Invariant), long> Open = [];

    private readonly IReadOnlyList<string> _names = [.. invariants.Select(i => i.Name)];

    static InvariantBoard() => Meter.CreateObservableGauge(
        "payments.invariants.open_alerts",
        () => Open.Select(o => new Measurement<long>(
            o.Value, new KeyValuePair<string, object?>("log", o.Key.Log), new KeyValuePair<string, object?>("invariant", o.Key.Invariant))),
        "{alert}",
        "Mismatches that stand. Should be 0.");

    public void Show(IReadOnlyDictionary<string, long> openAlerts)
    {
        foreach (var name in _names)
        {
            Open[(log, name)] = openAlerts.GetValueOrDefault(name);
        }
    }

    internal long OpenAlerts(string invariant) => Open.GetValueOrDefault((log, invariant));
}

/// <summary>Degraded while an invariant has open alerts: the service works, and a person should look.</summary>
internal sealed class InvariantHealthCheck(InvariantBoard board, string invariant) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(board.OpenAlerts(invariant) is > 0 and var open
            ? HealthCheckResult.Degraded($"{open} open alerts.")
            : HealthCheckResult.Healthy());
}
