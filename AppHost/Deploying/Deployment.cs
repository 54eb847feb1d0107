using Microsoft.Extensions.Configuration;

namespace AppHost.Deploying;

/// <summary>
/// Where <c>aspire publish</c> and <c>aspire deploy</c> lead, by configuration: <c>Deployment__Target</c> is <c>compose</c>, <c>azure</c>,
/// <c>kubernetes</c> or <c>manifest</c>; <c>Deployment__Managed=true</c> takes PostgreSQL, Kafka and Redis from connection strings in place
/// of containers; <c>Replicas</c> is how many of each service run. azd asks for the manifest, and needs no target.
/// </summary>
internal sealed record Deployment
{
    private const string Compose = "compose";
    private const string Manifest = "manifest";
    private const string Choices = "compose (Docker Compose), azure (Container Apps), kubernetes, or manifest (the file that azd reads)";
    private const int ReplicasMax = 50;

    /// <summary>The databases and the broker are somebody else's work: only their connection strings are given.</summary>
    public required bool IsManaged { get; init; }

    public required int Replicas { get; init; }

    /// <summary>Prometheus and Grafana come along: elsewhere the cluster has its own.</summary>
    public required bool WithMonitoring { get; init; }

    /// <exception cref="DistributedApplicationException">A setting means nothing.</exception>
    public static Deployment Of(IDistributedApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        var target = configuration["Deployment:Target"] ?? (configuration["Publishing:Publisher"] == Manifest ? Manifest : null);
        var replicas = configuration.GetValue("Replicas", 1);
        if (replicas is < 1 or > ReplicasMax)
        {
            throw new DistributedApplicationException($"Replicas must be 1 to {ReplicasMax}, not {replicas}.");
        }

        if (builder.ExecutionContext.IsPublishMode)
        {
            AddEnvironment(builder, target ?? throw new DistributedApplicationException(
                $"Where to? Set Deployment__Target to {Choices}. Without one, nothing would be written."));
        }

        return new Deployment
        {
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
            case Manifest:
                break;   // Of no environment: azd chooses it.
#if TARGETS
            case Compose:
                builder.AddDockerComposeEnvironment(Compose);
                break;
            case "azure":
                builder.AddAzureContainerAppEnvironment("azure");
                break;
#else
            case Compose or "azure":
                throw new DistributedApplicationException(
                    $"Deployment:Target={target} is built in with AspireTargets=true, where the package feed has Aspire's package for it.");
#endif
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
                throw new DistributedApplicationException($"Deployment:Target must be {Choices}, not '{target}'.");
        }
    }
}
