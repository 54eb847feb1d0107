using Payments.Gateway.ApiKeys;
using Payments.Gateway.OpenApi;
using Payments.Gateway.Operators;
using Payments.Gateway.Proxying;
using Payments.Gateway.Settings;
using Payments.ServiceDefaults;

namespace Payments.Gateway;

/// <summary>
/// The one public door: who calls, what they may, which service answers. Program runs it alone, Standalone runs all hosts in one process.
/// </summary>
public static class GatewayHost
{
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ApplicationName = "Payments.Gateway" });
        builder.AddServiceDefaults(isOpenToTheWorld: true);
        builder.AddApiKeys();
        builder.AddOperators();
        builder.AddRateLimits();
        builder.AddProxy();
        builder.AddOpenApiDocument();

        var app = builder.Build();
        app.UseMiddleware<SecurityHeadersMiddleware>();
        app.MapServiceDefaults();
        app.UseMiddleware<CallerMiddleware>();
        app.UseRateLimits();
        app.MapOperators();
        app.MapProxy();
        app.MapGatewaySettings();
        app.MapOpenApiDocument();
        app.MapApiPage();
        return app;
    }
}
