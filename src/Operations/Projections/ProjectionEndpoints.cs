using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
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
            Results.Json(await control.ListAsync(cancel), ProjectionJson.Default.IReadOnlyListProjectionStatus));
        Map(admin, "pause", ProjectionOrder.Pause);
        Map(admin, "resume", ProjectionOrder.Resume);
        Map(admin, "rebuild", ProjectionOrder.Rebuild);
        Map(admin, "cancel-rebuild", ProjectionOrder.CancelRebuild);
        Map(admin, "retry-parked", ProjectionOrder.RetryParked);
    }

    private static void Map(IEndpointRouteBuilder admin, string act, ProjectionOrder order) => admin.MapPost(
        $"/projections/{{name}}/{act}",
        (string name, OrderRequest request, HttpContext context, CallerIdentity caller, OperatorName by, IdempotencyKey key,
            OrderProjection orders, CancellationToken cancel) =>
            orders.HandleAsync(order, name, request, new(context, caller, key, Canonical(request)), by, context, cancel));

    private static byte[] Canonical(OrderRequest request) =>
        JsonSerializer.SerializeToUtf8Bytes(request, ProjectionJson.Default.OrderRequest);
}

/// <param name="Reason">3 to 500 characters.</param>
internal sealed record OrderRequest(string Reason);

/// <summary>What was ordered; the progress is in the list.</summary>
internal sealed record OrderAnswer(string Projection, string Act);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(IReadOnlyList<ProjectionStatus>))]
[JsonSerializable(typeof(OrderRequest))]
[JsonSerializable(typeof(OrderAnswer))]
internal sealed partial class ProjectionJson : JsonSerializerContext;
