using Microsoft.Extensions.Configuration;

namespace AppHost.Deploying;

/// <summary>
/// Where <c>aspire publish</c> and <c>aspire deploy</c> lead, by configuration: <c>Deployment__Target</c> is <c>compose</c> (unless told),
/// <c>kubernetes</c> or <c>azure</c>; <c>Deployment__Managed=true</c> takes PostgreSQL, Kafka and Redis from connection strings in place of
/// containers; <c>Replicas</c> is how many of each service run.
/// </summary>
internal sealed record Deployment
{
    private const string Compose = "compose";
    private const int ReplicasMax = 50;

    public required string Target { get; init; }

    /// <summary>The databases and the broker are somebody else's work: only their connection strings are given.</summary>
    public required bool IsManaged { get; init; }

    public required int Replicas { get; init; }

    /// <summary>Prometheus and Grafana come along: elsewhere the cluster has its own.</summary>
    public required bool WithMonitoring { get; init; }

    /// <exception cref="DistributedApplicationException">A setting means nothing.</exception>
    public static Deployment Of(IDistributedApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        var target = configuration["Deployment:Target"] ?? Compose;
        var replicas = configuration.GetValue("Replicas", 1);
        if (replicas is < 1 or > ReplicasMax)
        {
            throw new DistributedApplicationException($"Replicas must be 1 to {ReplicasMax}, not {replicas}.");
        }

        if (builder.ExecutionContext.IsPublishMode)
        {
            AddEnvironment(builder, target);
        }

        return new Deployment
        {
            Target = target,
            IsManaged = builder.ExecutionContext.IsPublishMode && configuration.GetValue("Deployment:Managed", defaultValue: false),
            Replicas = replicas,
            WithMonitoring = builder.ExecutionContext.IsRunMode || target == Compose,
        };
    }

    // One of them in a model: with several, each resource would have to name its own.
    private static void AddEnvironment(IDistributedApplicationBuilder builder, string target)
    {
        switch (target)
        {
            case Compose:
                builder.AddDockerComposeEnvironment(Compose);
                break;
            case "azure":
                builder.AddAzureContainerAppEnvironment("azure");
                break;
#if KUBERNETES
            case "kubernetes":
                builder.AddKubernetesEnvironment("kubernetes");
                break;
#else
            case "kubernetes":
                throw new DistributedApplicationException(
                    "Aspire's package for Kubernetes is a preview: build with -p:AspireKubernetesVersion=<its version> to have it.");
#endif
            default:
                throw new DistributedApplicationException($"Deployment:Target must be compose, kubernetes or azure, not '{target}'.");
        }
    }
}
