using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Payments.ServiceDefaults.Telemetry;

/// <summary>
/// Who may read <c>/metrics</c>: whoever reaches the port for it. It tells how much money moves, so a host that is open to the world has
/// it on its own port in Development only; elsewhere a second port is set for it, which no load balancer forwards to (decision 011).
/// </summary>
internal static class MetricsPort
{
    private const string Path = "/metrics";
    private const string Urls = "urls";
    private const string UrlsDefault = "http://localhost:5000";

    /// <param name="isOpenToTheWorld">Strangers reach the host's own port.</param>
    public static void AddMetricsPort(this WebApplicationBuilder builder, bool isOpenToTheWorld)
    {
        var options = MetricsOptions.From(builder.Configuration);
        builder.Services.AddSingleton(new Door(options.Port, !isOpenToTheWorld || builder.Environment.IsDevelopment()));
        builder.Services.AddSingleton<ScrapedMeters>();
        if (options.Port is { } port)
        {
            builder.WebHost.UseUrls([.. WithPort(Listening(builder.Configuration), port)]);
        }
    }

    public static void UseMetricsPort(this WebApplication app)
    {
        var door = app.Services.GetRequiredService<Door>();
        app.UseOpenTelemetryPrometheusScrapingEndpoint(
            app.Services.GetRequiredService<ScrapedMeters>().Provider,
            context => door.Admits(context) && HttpMethods.IsGet(context.Request.Method) && context.Request.Path == Path,
            Path,
            branch => branch.Use(NotCounted),
            optionsName: null);
        if (door.Port is not null)
        {
            app.Use(door.KeepOutAsync);
        }
    }

    /// <summary>The addresses with one more, on the same host as the first; or as they are, when one has the port already.</summary>
    internal static IEnumerable<string> WithPort(IReadOnlyCollection<string> urls, int port)
    {
        var parsed = urls.Select(BindingAddress.Parse).ToList();
        return parsed.Any(a => a.Port == port)
            ? urls
            : urls.Append(string.Create(CultureInfo.InvariantCulture, $"http://{parsed[0].Host}:{port}"));
    }

    private static string[] Listening(ConfigurationManager configuration)
    {
        string[] urls =
        [
            .. Split(configuration[Urls]),
            .. configuration[Urls] is null
                ? Split(configuration["http_ports"]).Select(p => $"http://*:{p}")
                    .Concat(Split(configuration["https_ports"]).Select(p => $"https://*:{p}"))
                : [],
        ];
        return urls.Length > 0 ? urls : [UrlsDefault];
    }

    private static string[] Split(string? list) =>
        list?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    // Scrapes are not what callers do: they would show as the fastest of all requests.
    private static Task NotCounted(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<IHttpMetricsTagsFeature>() is { } tags)
        {
            tags.MetricsDisabled = true;
        }

        return next(context);
    }

    private sealed record Door(int? Port, bool OwnPort)
    {
        public bool Admits(HttpContext context) => Port is { } port ? context.Connection.LocalPort == port : OwnPort;

        /// <summary>Behind the port for metrics there is health as well, and nothing else.</summary>
        public Task KeepOutAsync(HttpContext context, RequestDelegate next)
        {
            if (context.Connection.LocalPort != Port || context.Request.Path == "/health" || context.Request.Path == "/alive")
            {
                return next(context);
            }

            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }
    }
}
