namespace AppHost.Redpanda;

/// <summary>Adds Redpanda, for which Aspire has no package of its own, the way Aspire's own packages add theirs.</summary>
public static class RedpandaBuilderExtensions
{
    private const string DataDirectory = "/var/lib/redpanda/data";

    private const int ExternalPort = 9092;
    private const int InternalPort = 9093;
    private const int AdminPort = 9644;
    private const int SchemaRegistryPort = 8081;
    private const int ConsolePort = 8080;

    /// <summary>Adds a single broker in Redpanda's mode for development containers.</summary>
    /// <param name="name">Also the name of the connection string.</param>
    /// <param name="port">The host port of the Kafka API; any free one unless given.</param>
    public static IResourceBuilder<RedpandaResource> AddRedpanda(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, int? port = null) =>
        builder.AddResource(new RedpandaResource(name))
            .WithImage(Images.Redpanda, Images.RedpandaTag)
            .WithImageRegistry(Images.RedpandaRegistry)
            .WithIconName("MailMultiple")
            .WithEndpoint(port: port, targetPort: ExternalPort, name: RedpandaResource.ExternalEndpointName)
            .WithEndpoint(targetPort: InternalPort, name: RedpandaResource.InternalEndpointName)
            .WithHttpEndpoint(targetPort: AdminPort, name: RedpandaResource.AdminEndpointName)
            .WithHttpEndpoint(targetPort: SchemaRegistryPort, name: RedpandaResource.SchemaRegistryEndpointName)
            .WithArgs(Start)
            .WithHttpHealthCheck("/v1/status/ready", endpointName: RedpandaResource.AdminEndpointName);

    /// <summary>Keeps the topics between runs.</summary>
    public static IResourceBuilder<RedpandaResource> WithDataVolume(this IResourceBuilder<RedpandaResource> builder, string? name = null) =>
        builder.WithVolume(name ?? VolumeNameGenerator.Generate(builder, "data"), DataDirectory);

    /// <summary>Adds Redpanda Console beside it, to look into topics and groups. Only when run: it lets everybody in.</summary>
    public static IResourceBuilder<RedpandaResource> WithConsole(this IResourceBuilder<RedpandaResource> builder)
    {
        if (builder.ApplicationBuilder.ExecutionContext.IsRunMode)
        {
            var redpanda = builder.Resource;
            var (registry, admin) = (redpanda.SchemaRegistryEndpoint, redpanda.AdminEndpoint);
            builder.ApplicationBuilder.AddContainer($"{redpanda.Name}-console", Images.RedpandaConsole, Images.RedpandaConsoleTag)
                .WithImageRegistry(Images.RedpandaRegistry)
                .WithIconName("WindowDatabase")
                .WithHttpEndpoint(targetPort: ConsolePort)
                .WithEnvironment("KAFKA_BROKERS", $"{redpanda.Name}:{redpanda.InternalEndpoint.Property(EndpointProperty.TargetPort)}")
                .WithEnvironment("SCHEMAREGISTRY_ENABLED", "true")
                .WithEnvironment("SCHEMAREGISTRY_URLS", $"http://{redpanda.Name}:{registry.Property(EndpointProperty.TargetPort)}")
                .WithEnvironment("REDPANDA_ADMINAPI_ENABLED", "true")
                .WithEnvironment("REDPANDA_ADMINAPI_URLS", $"http://{redpanda.Name}:{admin.Property(EndpointProperty.TargetPort)}")
                .WithParentRelationship(builder)
                .WaitFor(builder);
        }

        return builder;
    }

    private static void Start(CommandLineArgsCallbackContext context)
    {
        var redpanda = (RedpandaResource)context.Resource;
        foreach (var argument in (string[])["redpanda", "start", "--mode=dev-container", "--smp=1", "--memory=1G"])
        {
            context.Args.Add(argument);
        }

        context.Args.Add($"--kafka-addr=external://0.0.0.0:{ExternalPort},internal://0.0.0.0:{InternalPort}");
        context.Args.Add(AdvertisedAddresses(redpanda, context.ExecutionContext.IsRunMode));
        context.Args.Add($"--schema-registry-addr=0.0.0.0:{SchemaRegistryPort}");
    }

    // A client is told where to go on, so each listener must name the address under which its own clients see it. When run, host processes
    // come in by a port of localhost that is known only when it is allocated; when published, everybody comes by the container's own name.
    private static ReferenceExpression AdvertisedAddresses(RedpandaResource redpanda, bool run)
    {
        var (outside, inside) = (redpanda.ExternalEndpoint, redpanda.InternalEndpoint);
        var outsideAddress = run
            ? ReferenceExpression.Create($"localhost:{outside.Property(EndpointProperty.Port)}")
            : ReferenceExpression.Create($"{outside.Property(EndpointProperty.HostAndPort)}");
        var insideAddress = run
            ? ReferenceExpression.Create($"{redpanda.Name}:{inside.Property(EndpointProperty.TargetPort)}")
            : ReferenceExpression.Create($"{inside.Property(EndpointProperty.HostAndPort)}");
        return ReferenceExpression.Create($"--advertise-kafka-addr=external://{outsideAddress},internal://{insideAddress}");
    }
}
