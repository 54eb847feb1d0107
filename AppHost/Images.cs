namespace AppHost;

/// <summary>The images that Aspire's own packages do not choose, each pinned: the one place to raise a version.</summary>
internal static class Images
{
    public const string RedpandaRegistry = "docker.redpanda.com";
    public const string Redpanda = "redpandadata/redpanda";
    public const string RedpandaTag = "v25.3.6";
    public const string RedpandaConsole = "redpandadata/console";
    public const string RedpandaConsoleTag = "v2.8.19";
    public const string Prometheus = "prom/prometheus";
    public const string PrometheusTag = "v3.5.0";
    public const string Grafana = "grafana/grafana";
    public const string GrafanaTag = "12.1.0";
}
