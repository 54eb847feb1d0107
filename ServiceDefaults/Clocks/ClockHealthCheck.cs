using Microsoft.Extensions.Diagnostics.HealthChecks;
using Payments.ServiceDefaults.Health;

namespace Payments.ServiceDefaults.Clocks;

/// <summary>Degraded where the machine's clock is off; unhealthy where it is so far off that the instance takes no part.</summary>
internal sealed class ClockHealthCheck(DatabaseClock clock) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var skew = clock.Skew;
        var status = skew.Duration() > ClockLimits.TakesPart ? HealthStatus.Unhealthy
            : skew.Duration() > ClockLimits.Tolerated ? HealthStatus.Degraded
            : HealthStatus.Healthy;
        return Task.FromResult(status == HealthStatus.Healthy
            ? HealthCheckResult.Healthy()
            : HealthNotes.Result(status, $"This machine's clock is {ClockLimits.Words(skew)}."));
    }
}
