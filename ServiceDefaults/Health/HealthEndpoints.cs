using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Payments.ServiceDefaults.Health;

/// <summary><c>/alive</c>: the process answers; else restart it. <c>/health</c>: it can do its work; else send it nothing.</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this WebApplication app)
    {
        app.MapHealthChecks("/alive", new HealthCheckOptions { Predicate = _ => false, ResponseWriter = Write })
            .DisableHttpMetrics().AllowAnonymous();
        app.MapHealthChecks("/health", new HealthCheckOptions { ResponseWriter = Write }).DisableHttpMetrics().AllowAnonymous();
    }

    // Names, states and notes that were written for it: what a check threw is for the log.
    private static async Task Write(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("status", Word(report.Status));
        json.WriteStartObject("checks");
        foreach (var (name, entry) in report.Entries)
        {
            json.WriteString(name, Word(entry.Status));
        }

        json.WriteEndObject();
        if (report.Entries.Any(e => HealthNotes.Of(e.Value) is not null))
        {
            json.WriteStartObject("notes");
            foreach (var (name, entry) in report.Entries)
            {
                if (HealthNotes.Of(entry) is { } note)
                {
                    json.WriteString(name, note);
                }
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static string Word(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => "healthy",
        HealthStatus.Degraded => "degraded",
        _ => "unhealthy",
    };
}
