using Microsoft.Extensions.Diagnostics.HealthChecks;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Model;

namespace Payments.Gateway.Proxying;

/// <summary>Degraded, not unhealthy, while a service has no instance that answers: taking the gateway out too helps nobody.</summary>
internal sealed class ServicesHealthCheck(IProxyStateLookup proxy) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var down = proxy.GetClusters().Where(c => c.Destinations.Values.All(IsOut)).Select(c => c.ClusterId).Order().ToList();
        return Task.FromResult(down.Count == 0
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Degraded($"No instance of {string.Join(", ", down)}."));
    }

    private static bool IsOut(DestinationState destination) =>
        destination.Health.Active == DestinationHealth.Unhealthy || destination.Health.Passive == DestinationHealth.Unhealthy;
}
