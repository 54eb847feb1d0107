using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Payments.ServiceDefaults.Callers;
using Payments.ServiceDefaults.Clocks;
using Payments.ServiceDefaults.Configuration;
using Payments.ServiceDefaults.Errors;
using Payments.ServiceDefaults.Health;
using Payments.ServiceDefaults.Lifetime;
using Payments.ServiceDefaults.Requests;
using Payments.ServiceDefaults.Telemetry;

namespace Payments.ServiceDefaults;

/// <summary>What every host shares: telemetry, logs, health, limits, problem details, correlation, JSON rules.</summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>Call it first on the builder.</summary>
    /// <param name="isOpenToTheWorld">Strangers reach its port: it does not tell them its metrics.</param>
    public static WebApplicationBuilder AddServiceDefaults(this WebApplicationBuilder builder, bool isOpenToTheWorld = false)
    {
        builder.AddLogs();
        builder.AddTelemetry();
        builder.AddMetricsPort(isOpenToTheWorld);
        builder.WebHost.ConfigureKestrel(WithLimits);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<IStartupFilter, HeadAsGet>();
        builder.Services.AddHostedService<FaultExitCode>();
        builder.Services.AddHealthChecks();
        builder.Services.AddOptions<LimitOptions>()
            .BindConfiguration(LimitOptions.Section).Validate(LimitOptions.IsValid).ValidateOnStart();
        builder.Services.AddSingleton<IProblemDetailsWriter, ProblemWriter>();
        builder.Services.AddProblemDetails();
        builder.Services.AddExceptionHandler<ExceptionProblems>();
        builder.Services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);   // So that ExceptionProblems can name the field.
        builder.Services.ConfigureHttpJsonOptions(o => Strict(o.SerializerOptions));
        return builder;
    }

    /// <summary>
    /// Call it first on the application: correlation, errors as problems, what a request may hold, operators' roles, <c>/health</c>,
    /// <c>/alive</c>, <c>/metrics</c>.
    /// </summary>
    public static WebApplication MapServiceDefaults(this WebApplication app)
    {
        app.UseMetricsPort();
        app.UseMiddleware<CorrelationMiddleware>();
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseMiddleware<RequestBodyMiddleware>();
        app.UseMiddleware<RequestContentMiddleware>();
        app.UseMiddleware<RequiredRoleMiddleware>();
        app.UseMiddleware<ClockMiddleware>();
        app.MapHealth();
        return app;
    }

    private static void WithLimits(WebHostBuilderContext context, KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        kestrel.Limits.MaxRequestBodySize = LimitOptions.From(context.Configuration).RequestBodyBytesMax;
    }

    /// <summary>
    /// What a client sends is taken literally or refused: no numbers in strings, no unknown or repeated members, no null where a value
    /// belongs.
    /// </summary>
    internal static void Strict(JsonSerializerOptions json)
    {
        json.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        json.PropertyNameCaseInsensitive = false;
        json.NumberHandling = JsonNumberHandling.Strict;
        json.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        json.AllowDuplicateProperties = false;
        json.RespectNullableAnnotations = true;
        json.Converters.Add(new RequestMomentConverter());
        json.RespectRequiredConstructorParameters = true;
    }
}
