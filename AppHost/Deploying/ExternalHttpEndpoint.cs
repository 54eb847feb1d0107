namespace AppHost.Deploying;

internal static class ExternalHttpEndpoint
{
    /// <summary>Opens a project to the world, but not its port for metrics, as Aspire's <c>WithExternalHttpEndpoints</c> would.</summary>
    public static IResourceBuilder<ProjectResource> WithExternalHttpEndpoint(this IResourceBuilder<ProjectResource> project) =>
        project.WithEndpoint("http", endpoint => endpoint.IsExternal = true);
}
