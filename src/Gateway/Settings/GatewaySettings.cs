using System.Text.Json.Serialization;
using Payments.Contracts.Settings;
using Payments.Gateway.ApiKeys;
using Payments.Gateway.Proxying;
using Payments.ServiceDefaults.Configuration;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Model;

namespace Payments.Gateway.Settings;

/// <summary><c>GET /api/admin/gateway/settings</c>: without addresses and without keys.</summary>
internal static class GatewaySettings
{
    public static void MapGatewaySettings(this WebApplication app) =>
        app.MapGet("/api/admin/gateway/settings", Get)
            .WithMetadata(new RequiredScopes(Scopes.AdminRead, Scopes.AdminOperate))
            .ExcludeFromDescription();

    private static IResult Get(IProxyStateLookup proxy, IConfiguration configuration, IHostEnvironment environment)
    {
        var limits = configuration.GetSection(LimitOptions.Section).Get<LimitOptions>() ?? new LimitOptions();
        var times = ProxyOptions.From(configuration);
        return Results.Json(
            new GatewaySettingsView(
                environment.EnvironmentName,
                configuration.GetValue<int?>("RateLimit:RequestsPerMinute"),
                limits.RequestBodyBytesMax,
                times.AnswerTimeoutMs,
                times.ProbeIntervalMs,
                [
                    .. from cluster in proxy.GetClusters()
                       from instance in cluster.Destinations
                       orderby cluster.ClusterId, instance.Key
                       select new InstanceView(
                           cluster.ClusterId, instance.Key, Word(instance.Value.Health), instance.Value.ConcurrentRequestCount),
                ]),
            GatewayJson.Default.GatewaySettingsView);
    }

    private static string Word(DestinationHealthState health) =>
        health is { Active: DestinationHealth.Unhealthy } or { Passive: DestinationHealth.Unhealthy } ? "unhealthy"
        : health.Active == DestinationHealth.Healthy ? "healthy"
        : "unknown";
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(GatewaySettingsView))]
internal sealed partial class GatewayJson : JsonSerializerContext;
