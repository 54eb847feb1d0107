namespace Payments.Gateway.Proxying;

/// <summary>Times of the proxy, from the configuration section <c>Proxy</c>.</summary>
internal sealed record ProxyOptions
{
    public const string Section = "Proxy";

    /// <summary>How long a service may take to answer; more than the longest poll a client can ask for (<c>?wait=30s</c>).</summary>
    public int AnswerTimeoutMs { get; init; } = 40_000;

    public int ConnectTimeoutMs { get; init; } = 2_000;

    public int ProbeIntervalMs { get; init; } = 10_000;

    public int ProbeTimeoutMs { get; init; } = 3_000;

    public static ProxyOptions From(IConfiguration configuration)
    {
        var options = configuration.GetSection(Section).Get<ProxyOptions>() ?? new ProxyOptions();
        var all = new[] { options.AnswerTimeoutMs, options.ConnectTimeoutMs, options.ProbeIntervalMs, options.ProbeTimeoutMs };
        return Array.TrueForAll(all, ms => ms > 0)
            ? options
            : throw new InvalidOperationException($"Every time in the section '{Section}' must be above 0.");
    }
}
