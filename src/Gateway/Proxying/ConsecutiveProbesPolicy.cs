using System.Runtime.CompilerServices;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace Payments.Gateway.Proxying;

/// <summary>
/// Three failed probes in a row take an instance out, three good ones in a row take it back. YARP's own ConsecutiveFailures lets one
/// back after a single good probe, so that one that flaps would be in most of the time.
/// </summary>
internal sealed class ConsecutiveProbesPolicy(IDestinationHealthUpdater updater) : IActiveHealthCheckPolicy
{
    public const string PolicyName = "ConsecutiveProbes";

    private readonly ConditionalWeakTable<DestinationState, StrongBox<ProbeStreak>> _streaks = [];

    public string Name => PolicyName;

    public void ProbingCompleted(ClusterState cluster, IReadOnlyList<DestinationProbingResult> probingResults) =>
        updater.SetActive(cluster, [.. probingResults.Select(Judge)]);

    private NewActiveDestinationHealth Judge(DestinationProbingResult probe)
    {
        var streak = _streaks.GetValue(probe.Destination, _ => new StrongBox<ProbeStreak>(new ProbeStreak(Out: false, Length: 0)));
        streak.Value = streak.Value.After(good: probe.Response is { IsSuccessStatusCode: true });
        var health = streak.Value.Out ? DestinationHealth.Unhealthy : DestinationHealth.Healthy;
        return new NewActiveDestinationHealth(probe.Destination, health);
    }
}

/// <summary>How many probes in a row have spoken against where an instance is now, in or out.</summary>
internal readonly record struct ProbeStreak(bool Out, int Length)
{
    private const int Enough = 3;

    public ProbeStreak After(bool good) => (good == Out, Length + 1) switch
    {
        (false, _) => this with { Length = 0 },
        (true, >= Enough) => new ProbeStreak(!Out, 0),
        (true, var length) => this with { Length = length },
    };
}
