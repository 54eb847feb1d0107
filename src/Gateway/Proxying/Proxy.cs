using Microsoft.Extensions.Diagnostics.HealthChecks;
using Yarp.ReverseProxy.Health;

namespace Payments.Gateway.Proxying;

/// <summary>YARP, set up from <see cref="ProxyRoutes"/>.</summary>
internal static class Proxy
{
    public static void AddProxy(this WebApplicationBuilder builder)
    {
        var options = ProxyOptions.From(builder.Configuration);
        var withCards = ProxyRoutes.HasCards(builder.Configuration, builder.Environment);
        builder.Services.AddReverseProxy()
            .LoadFromMemory(ProxyRoutes.Routes(withCards), ProxyRoutes.Clusters(builder.Configuration, options, withCards))
            .ConfigureHttpClient((_, handler) =>
            {
                handler.ConnectTimeout = TimeSpan.FromMilliseconds(options.ConnectTimeoutMs);
                handler.PooledConnectionLifetime = TimeSpan.FromMinutes(5);
            });
        builder.Services.AddSingleton<IActiveHealthCheckPolicy, ConsecutiveProbesPolicy>();
        builder.Services.Configure<TransportFailureRateHealthPolicyOptions>(passive =>
        {
            passive.DetectionWindowSize = TimeSpan.FromSeconds(10);
            passive.MinimalTotalCountThreshold = 5;
            passive.DefaultFailureRateLimit = 0.5;
        });
        builder.Services.AddHealthChecks().AddCheck<ServicesHealthCheck>("services", HealthStatus.Degraded);
    }

    public static void MapProxy(this WebApplication app) =>
        app.MapReverseProxy(pipeline =>
        {
            if (app.Services.GetService<CardFaultTrail>() is { } trail)
            {
                pipeline.Use((context, next) => IsOfCards(context) ? trail.InvokeAsync(context, next) : next(context));
            }

            pipeline.UseLoadBalancing();
            pipeline.UsePassiveHealthChecks();
            pipeline.Use(TransportFailures.AloneCountAsync);
        })
        .ConfigureEndpoints((endpoint, route) => endpoint.WithMetadata(ProxyRoutes.ScopesOf(route.RouteId)));

    private static bool IsOfCards(HttpContext context) => context.GetReverseProxyFeature().Route.Config.RouteId == ProxyRoutes.CardsPath;
}
