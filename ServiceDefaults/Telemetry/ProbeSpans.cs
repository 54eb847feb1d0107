using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using OpenTelemetry;

namespace Payments.ServiceDefaults.Telemetry;

/// <summary>
/// Keeps probes out of the traces: the gateway asks every instance for its health every few seconds, an orchestrator and Prometheus ask
/// every host, and what callers do would be lost among them.
/// </summary>
internal sealed class ProbeSpans : BaseProcessor<Activity>
{
    private const string GatewayProbes = "proxy.cluster_health_checks"; // YARP's name for one round of them.

    public static bool IsProbe(PathString path) => path == "/health" || path == "/alive" || path == "/metrics";

    /// <summary>What is not recorded is not exported, and neither is what it causes: its children see that it is not.</summary>
    public override void OnStart(Activity data)
    {
        if (data.OperationName == GatewayProbes)
        {
            data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
            data.IsAllDataRequested = false;
        }
    }
}
