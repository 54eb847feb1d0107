using System.Reflection;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Payments.Contracts.Settings;
using Payments.EventStore.Contract;
using Payments.Messaging.Topics;

namespace Payments.Operations.Settings;

/// <summary><c>GET settings</c>, under the admin routes of a service: what it runs with, without secrets.</summary>
public static class SettingsEndpoint
{
    /// <summary>Adds it to the admin routes of a service.</summary>
    public static void MapSettings(this IEndpointRouteBuilder admin) => admin.MapGet("/settings", async (
        IEventStore store, [FromServices] SplitSwitch split, HealthCheckService health, IHostEnvironment environment, ProcessStart start,
        IEnumerable<ShownSettings> groups, CancellationToken cancel) =>
    {
        var report = await health.CheckHealthAsync(cancel);
        return Results.Json(
            new SettingsView(
                store.Name,
                Version,
                System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription,
                environment.EnvironmentName,
                start.At,
                Word(report.Status),
                [.. report.Entries.Select(e => new CheckView(e.Key, Word(e.Value.Status), e.Value.Description))],
                Word(split.Phase),
                [.. PlatformTopics.All.Select(t =>
                    new TopicView(t.Name, t.Partitions, t.Retention.TotalHours, Word(t.Cleanup), t.Readers))],
                [.. groups]),
            SettingsJson.Default.SettingsView);
    });

    private static readonly string Version =
        (Assembly.GetEntryAssembly() ?? typeof(SettingsEndpoint).Assembly).GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion ?? "unknown";

    private static string Word(Enum value) => value switch
    {
        CleanupPolicy.CompactAndDelete => "compact, delete",
        _ => value.ToString().ToLowerInvariant(),
    };
}

/// <summary>When this host was built.</summary>
public sealed record ProcessStart(DateTimeOffset At);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SettingsView))]
internal sealed partial class SettingsJson : JsonSerializerContext;
