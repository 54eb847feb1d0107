using Microsoft.Extensions.Configuration;

namespace Payments.ServiceDefaults.Telemetry;

/// <summary>Where <c>/metrics</c> answers.</summary>
public sealed record MetricsOptions
{
    internal const string Section = "Metrics";

    /// <summary>The port that has it, and little else; null: the host's own, unless that one is open to the world.</summary>
    public int? Port { get; init; }

    /// <exception cref="InvalidOperationException">The port is none.</exception>
    internal static MetricsOptions From(IConfiguration configuration)
    {
        var options = configuration.GetSection(Section).Get<MetricsOptions>() ?? new MetricsOptions();
        return options.Port is null or (> 0 and <= 65_535)
            ? options
            : throw new InvalidOperationException($"{Section}:{nameof(Port)} must be 1 to 65,535, not {options.Port}.");
    }
}
