using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Payments.Messaging.DeadLetters.Incidents;
using Payments.Messaging.DeadLetters.Replays;
using Payments.Operations.Audit;
using Payments.ServiceDefaults.Callers;

namespace Payments.Messaging.DeadLetters;

/// <summary>What operators see and do about messages that could not be handled.</summary>
public static class DeadLetterEndpoints
{
    /// <summary>
    /// Adds <c>dead-letters</c> (lists, groups, what is parked, one with all that is known of it, its capsule, edit, discard, preview,
    /// verify, acts) and <c>replays</c> (create, approve, list, show, progress, pause, resume, cancel) to the admin routes of a service.
    /// </summary>
    public static void MapDeadLetters<TState, TEvent>(this IEndpointRouteBuilder admin)
        where TState : class
    {
        admin.MapPlantedFailures();
        var letters = admin.MapGroup("/dead-letters");
        letters.MapGet("/", ListDeadLetters.Handle);
        letters.MapGet("/groups", GroupDeadLetters.Handle);
        letters.MapGet("/parked", ListParkedKeys.Handle);
        letters.MapActs();
        letters.MapGet("/{id:long}", ShowDeadLetter.Handle);
        letters.MapGet("/{id:long}/capsule", ExportIncident.Handle<TState, TEvent>);
        letters.MapPost("/{id:long}/edit", EditDeadLetter.Handle<TState, TEvent>);
        letters.MapPost("/{id:long}/discard", DiscardDeadLetter.Handle);
        letters.MapPost("/preview", PreviewReplay.Handle<TState, TEvent>).RequireRole(OperatorRole.Viewer);
        letters.MapPost("/groups/verify", VerifyGroups.Handle<TState, TEvent>).RequireRole(OperatorRole.Viewer);

        var replays = admin.MapGroup("/replays");
        replays.MapPost("/", CreateReplay.Handle);
        replays.MapGet("/", ShowReplays.List);
        replays.MapGet("/{id:guid}", ShowReplays.One);
        replays.MapGet("/{id:guid}/progress", FollowReplay.Handle);
        replays.MapPost("/{id:guid}/approve", ApproveReplay.Handle);
        replays.MapPost("/{id:guid}/pause", ReplayControl.Pause);
        replays.MapPost("/{id:guid}/resume", ReplayControl.Resume);
        replays.MapPost("/{id:guid}/cancel", ReplayControl.Cancel);
    }
}
