namespace AppHost.Redpanda;

/// <summary>One Redpanda broker: the Kafka API for processes on the host and for containers, a schema registry, and an admin API.</summary>
public sealed class RedpandaResource(string name) : ContainerResource(name), IResourceWithConnectionString
{
    internal const string ExternalEndpointName = "kafka";
    internal const string InternalEndpointName = "internal";
    internal const string AdminEndpointName = "admin";
    internal const string SchemaRegistryEndpointName = "schema-registry";

    /// <summary>The Kafka API as seen from the host, where projects run.</summary>
    public EndpointReference ExternalEndpoint => new(this, ExternalEndpointName, KnownNetworkIdentifiers.LocalhostNetwork);

    /// <summary>The Kafka API as seen from other containers.</summary>
    public EndpointReference InternalEndpoint => new(this, InternalEndpointName, KnownNetworkIdentifiers.DefaultAspireContainerNetwork);

    public EndpointReference AdminEndpoint => new(this, AdminEndpointName);

    public EndpointReference SchemaRegistryEndpoint => new(this, SchemaRegistryEndpointName);

    /// <summary>The bootstrap servers: <c>host:port</c>.</summary>
    public ReferenceExpression ConnectionStringExpression =>
        ReferenceExpression.Create($"{ExternalEndpoint.Property(EndpointProperty.HostAndPort)}");
}
