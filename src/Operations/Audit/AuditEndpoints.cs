using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Payments.Contracts.Audit;
using Payments.Hosting;

namespace Payments.Operations.Audit;

/// <summary>What operators did in a service: in order, sealed, and never changed.</summary>
public static class AuditEndpoints
{
    private const int PageMax = 500;

    internal static void AddAudit(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<AuditQueries>();
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, AuditJson.Default));
    }

    /// <summary>Adds <c>GET audit</c> and <c>GET audit/verify</c> to the admin routes of a service.</summary>
    public static void MapAudit(this IEndpointRouteBuilder admin)
    {
        admin.MapGet("/audit", ListAsync);
        admin.MapGet("/audit/verify", async (AuditQueries trail, CancellationToken cancel) =>
            Results.Json(await trail.VerifyAsync(cancel), AuditJson.Default.TrailVerdict));
    }

    /// <summary>Adds <c>GET acts</c>: the same list, beside what it is about.</summary>
    public static void MapActs(this IEndpointRouteBuilder subjects) => subjects.MapGet("/acts", ListAsync);

    /// <summary>Newest first.</summary>
    private static async Task<IResult> ListAsync(
        string? by,
        string? act,
        string? subject,
        Guid? replayId,
        long? messageId,
        DateTimeOffset? from,
        DateTimeOffset? until,
        long? before,
        string? limit,
        AuditQueries trail,
        CancellationToken cancel)
    {
        if (!PageLimit.TryParse(limit, 50, PageMax, out var countMax))
        {
            return PageLimit.Invalid(PageMax);
        }

        var items = await trail.PageAsync(new(by, act, subject, replayId, messageId, from, until, before), countMax, cancel);
        return Results.Json(new ActPage(items, items.Count == countMax ? items[^1].Id : null), AuditJson.Default.ActPage);
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ActPage))]
[JsonSerializable(typeof(TrailVerdict))]
internal sealed partial class AuditJson : JsonSerializerContext;
