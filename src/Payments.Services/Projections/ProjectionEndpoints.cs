using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Payments.EventStore.Projections;
using Payments.ServiceDefaults;

namespace Payments.Services.Projections;

/// <summary>What operators can see and do about the read models of a service.</summary>
public static class ProjectionEndpoints
{
    /// <summary>
    /// Adds <c>GET projections</c>, and <c>POST projections/{name}/pause</c>, <c>resume</c>, <c>rebuild</c> and <c>cancel-rebuild</c>, to the
    /// admin routes of a service. A wish is carried out within a second by whichever process works on the projection.
    /// </summary>
    public static void MapProjections(this IEndpointRouteBuilder admin)
    {
        admin.MapGet("/projections", async (ProjectionControl control, CancellationToken cancel) =>
            Results.Json(await control.ListAsync(cancel), ProjectionJson.Default.IReadOnlyListProjectionStatus));
        Map(admin, "pause", (control, name, cancel) => control.PauseAsync(name, cancel));
        Map(admin, "resume", (control, name, cancel) => control.ResumeAsync(name, cancel));
        Map(admin, "rebuild", (control, name, cancel) => control.RebuildAsync(name, cancel));
        Map(admin, "cancel-rebuild", (control, name, cancel) => control.CancelRebuildAsync(name, cancel));
    }

    private static void Map(
        IEndpointRouteBuilder admin, string act, Func<ProjectionControl, string, CancellationToken, Task<ProjectionAnswer>> order) =>
        admin.MapPost($"/projections/{{name}}/{act}", async (string name, ProjectionControl control, CancellationToken cancel) =>
            await order(control, name, cancel) switch
            {
                ProjectionAnswer.Accepted => Results.Accepted(),
                ProjectionAnswer.NoSuchProjection => Problems.NotFound("not_found", $"There is no projection '{name}' here."),
                ProjectionAnswer.RebuildRunning => Problems.Conflict("rebuild_running", $"'{name}' is being rebuilt already."),
                ProjectionAnswer.NoRebuild => Problems.Conflict("no_rebuild", $"'{name}' is not being rebuilt."),
                ProjectionAnswer.Inline => Problems.Conflict("inline", $"'{name}' is written with the events themselves: it cannot be paused."),
                var other => throw new InvalidOperationException($"{other} is no answer."),
            });
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(IReadOnlyList<ProjectionStatus>))]
internal sealed partial class ProjectionJson : JsonSerializerContext;
