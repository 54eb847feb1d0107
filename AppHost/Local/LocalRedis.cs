using Payments.Standalone;

namespace AppHost.Local;

/// <summary>The machine's <c>redis-server</c>: in memory only, behind a password.</summary>
internal sealed class LocalRedisResource(string name, ParameterResource password, string folder)
    : ExecutableResource(name, Program, folder), IResourceWithConnectionString
{
    internal const string Program = "redis-server";
    internal const string EndpointName = "tcp";

    public EndpointReference Endpoint => new(this, EndpointName);

    public ParameterResource Password => password;

    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create(
        $"{Endpoint.Property(EndpointProperty.IPV4Host)}:{Endpoint.Property(EndpointProperty.Port)},password={password}");
}

internal static class LocalRedisBuilderExtensions
{
    public static IResourceBuilder<LocalRedisResource> AddLocalRedis(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, string dataFolder)
    {
        var password = builder.AddParameter(
            $"{name}-password", new GenerateParameterDefault { MinLength = 22, Special = false }, secret: true);
        var redis = new LocalRedisResource(name, password.Resource, builder.AppHostDirectory);
        return builder.AddResource(redis)
            .WithIconName("Flash")
            .WithEndpoint(name: LocalRedisResource.EndpointName, scheme: "tcp")
            .WithArgs(async context =>
            {
                context.Args.Add(await WriteAsync(dataFolder, password.Resource, context.CancellationToken));
                context.Args.Add("--port");
                context.Args.Add(redis.Endpoint.Property(EndpointProperty.TargetPort));
            });
    }

    // A file that only we may read, since arguments are for everybody to see.
    private static async Task<string> WriteAsync(string folder, ParameterResource password, CancellationToken cancel)
    {
        var file = Path.Combine(Directory.CreateDirectory(folder).FullName, "redis.conf");
        File.Delete(file);
        await RedisSettings.WriteAsync(file, port: null, await password.GetValueAsync(cancel) ?? "", cancel);
        return file;
    }
}
