using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Payments.Messaging.Relay;

/// <summary>
/// Says that the relay of this process has stopped for good, and why. Degrading only: requests are still taken, and their events wait in
/// the log for a version that can send them.
/// </summary>
public sealed class RelayHealthCheck : IHealthCheck
{
    private volatile string? _stopped;

    public void Stopped(string reason) => _stopped = reason;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_stopped is { } reason
            ? new HealthCheckResult(context.Registration.FailureStatus, $"The relay of this process has stopped. {reason}")
            : HealthCheckResult.Healthy());
}
