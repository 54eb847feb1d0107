using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Payments.Contracts;
using Payments.Contracts.Projections;
using Payments.EventStore.Projections;
using Payments.Hosting;
using Payments.ServiceDefaults.Callers;

namespace Payments.Operations.Projections;

/// <summary>What operators can see and do about the read models of a service.</summary>
public static class ProjectionEndpoints
{
    internal static void AddProjectionControl(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<OrderProjection>();
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, ProjectionJson.Default));
    }

    /// <summary>
    /// Adds <c>GET projections</c>, and <c>POST projections/{name}/pause</c>, <c>resume</c>, <c>rebuild</c>,
    /// <c>cancel-rebuild</c> and <c>retry-parked</c>, to
    /// the admin routes of a service. A wish is carried out within a second by whichever process works on the projection. It has a reason,
    /// is done once however often it is sent with one key, and is on record.
    /// </summary>
    public static void MapProjections(this IEndpointRouteBuilder admin)
    {
        admin.MapGet("/projections", async (ProjectionControl control, CancellationToken cancel) =>
            Results.Json([.. (await control.ListAsync(cancel)).Select(View)], ProjectionJson.Default.IReadOnlyListProjectionView));
        Map(admin, "pause", ProjectionOrder.Pause);
        Map(admin, "resume", ProjectionOrder.Resume);
        Map(admin, "rebuild", ProjectionOrder.Rebuild);
        Map(admin, "cancel-rebuild", ProjectionOrder.CancelRebuild);
        Map(admin, "retry-parked", ProjectionOrder.RetryParked);
    }

    private static void Map(IEndpointRouteBuilder admin, string act, ProjectionOrder order) => admin.MapPost(
        $"/projections/{{name}}/{act}",
        (string name, ReasonRequest request, HttpContext context, CallerIdentity caller, OperatorName by, IdempotencyKey key,
            OrderProjection orders, CancellationToken cancel) =>
            orders.HandleAsync(order, name, request, new(context, caller, key, Canonical(request)), by, context, cancel));

    private static ProjectionView View(ProjectionStatus p) => new(
        p.Name,
        p.Inline,
        p.Version,
        p.State.ToString(),
        p.Position,
        p.LastPosition,
        p.Error,
        p.Rebuild is { } r
            ? new(r.Version, r.RequestedAt, r.StartedAt, r.Position, r.Total, r.EventsPerSecond, r.Remaining, r.Error)
            : null,
        p.RebuiltAt,
        p.ParkedCount,
        [.. p.Parked.Select(e => new ParkedEventView(e.Position, e.Stream, e.Rebuild, e.Error, e.At))],
        p.Lag);

    private static byte[] Canonical(ReasonRequest request) =>
        JsonSerializer.SerializeToUtf8Bytes(request, ProjectionJson.Default.ReasonRequest);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(IReadOnlyList<ProjectionView>))]
[JsonSerializable(typeof(ReasonRequest))]
[JsonSerializable(typeof(ProjectionOrderAnswer))]
internal sealed partial class ProjectionJson : JsonSerializerContext;
