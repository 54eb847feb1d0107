using AppHost.Local;

namespace AppHost.Monitoring;

/// <summary>Prometheus and Grafana with the rules and dashboards of <c>deploy/</c>: what alerts in production can be seen here.</summary>
internal static class MonitoringBuilderExtensions
{
    public const string MetricsEndpointName = "metrics";

    private const int MetricsPort = 9464; // As OpenTelemetry's exporters for Prometheus have it.
    private const int PrometheusPort = 9090;
    private const int GrafanaPort = 3000;
    private const string Rules = "../deploy/prometheus";
    private const string Dashboards = "../deploy/grafana";

    /// <summary>
    /// A second port of a project, for <c>/metrics</c> alone: nobody outside gets to it, and it is no part of what others are told of the
    /// service.
    /// </summary>
    public static IResourceBuilder<ProjectResource> WithMetrics(this IResourceBuilder<ProjectResource> project) =>
        project
            .WithHttpEndpoint(
                name: MetricsEndpointName,
                // Replicas on one machine each need their own.
                targetPort: project.ApplicationBuilder.ExecutionContext.IsRunMode ? null : MetricsPort,
                env: "Metrics__Port")
            .WithEndpoint(MetricsEndpointName, endpoint => endpoint.ExcludeReferenceEndpoint = true);

    /// <summary>
    /// Prometheus, which scrapes these projects, and Grafana, which shows it. Without containers: Prometheus alone, where it is installed.
    /// </summary>
    public static void AddMonitoring(
        this IDistributedApplicationBuilder builder, LocalMode local, params IReadOnlyList<IResourceBuilder<ProjectResource>> projects)
    {
        if (!local.IsOn)
        {
            builder.AddGrafana(builder.AddPrometheusContainer().Scraping(projects));
        }
        else if (LocalMode.Has("prometheus"))
        {
            builder.AddPrometheusProgram(local).Scraping(projects);
        }
    }

    private static IResourceBuilder<ContainerResource> AddPrometheusContainer(this IDistributedApplicationBuilder builder) =>
        builder.AddContainer("prometheus", Images.Prometheus, Images.PrometheusTag)
            .WithIconName("HeartPulse")
            .WithHttpEndpoint(targetPort: PrometheusPort)
            .WithContainerFiles("/etc/prometheus", Rules)
            .WithVolume("payments-prometheus", "/prometheus")
            .WithEntrypoint("/bin/sh")
            .WithArgs("/etc/prometheus/start.sh")
            .WithHttpHealthCheck("/-/ready");

    private static IResourceBuilder<ExecutableResource> AddPrometheusProgram(
        this IDistributedApplicationBuilder builder, LocalMode local) =>
        builder.AddExecutable("prometheus", "/bin/sh", builder.AppHostDirectory, $"{Rules}/start.sh")
            .WithIconName("HeartPulse")
            .WithHttpEndpoint(env: "PROMETHEUS_PORT")
            .WithEnvironment("PROMETHEUS_HOME", Path.Combine(local.DataFolder, "prometheus"))
            .WithHttpHealthCheck("/-/ready");

    private static IResourceBuilder<T> Scraping<T>(
        this IResourceBuilder<T> prometheus, IReadOnlyList<IResourceBuilder<ProjectResource>> projects)
        where T : IResourceWithEnvironment
    {
        foreach (var project in projects)
        {
            var variable = project.Resource.Name.ToUpperInvariant().Replace('-', '_');
            prometheus.WithEnvironment($"SCRAPE_{variable}", project.GetEndpoint(MetricsEndpointName));
        }

        return prometheus;
    }

    private static void AddGrafana(this IDistributedApplicationBuilder builder, IResourceBuilder<ContainerResource> prometheus) =>
        builder.AddContainer("grafana", Images.Grafana, Images.GrafanaTag)
            .WithIconName("ChartMultiple")
            .WithHttpEndpoint(targetPort: GrafanaPort)
            .WithContainerFiles("/etc/grafana/provisioning", $"{Dashboards}/provisioning")
            .WithContainerFiles("/var/lib/grafana/dashboards", $"{Dashboards}/dashboards")
            .WithEnvironment("PROMETHEUS_URL", prometheus.GetEndpoint("http"))
            .WithEnvironment("GF_AUTH_ANONYMOUS_ENABLED", builder.ExecutionContext.IsRunMode ? "true" : "false")
            .WithEnvironment("GF_USERS_DEFAULT_THEME", "system")
            .WithHttpHealthCheck("/api/health")
            .WaitFor(prometheus);
}
