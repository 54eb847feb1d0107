using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Payments.EventStore.Contract;
using Payments.EventStore.Postgres;
using Payments.EventStore.Subscriptions;
using Payments.Hosting;
using Payments.ServiceDefaults.Callers;
using Payments.ServiceDefaults.Clocks;
using Payments.ServiceDefaults.Errors;

namespace Payments.Operations.EventResend;

/// <summary>Sending events once more: to a topic, or to one consumer. For operators.</summary>
public static class ResendEndpoints
{
    private const int ListDefault = 50;
    private const int ListMax = 200;

    /// <summary>Adds what sends replays to a service.</summary>
    public static WebApplicationBuilder AddEventResends(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(provider => new ResendStore(provider.GetRequiredService<NpgsqlDataSource>()));
        builder.Services.AddSingleton<PreviewResend>();
        builder.Services.AddWorker(provider => ActivatorUtilities.CreateInstance<ResendWorker>(
            provider,
            ActivatorUtilities.CreateInstance<PostgresLeadership>(
                provider, provider.GetRequiredService<LogDatabase>().RequireDirect("The replays' lock"))));
        return builder;
    }

    /// <summary>
    /// Adds <c>POST event-replays</c> and <c>event-replays/preview</c>, <c>GET event-replays</c> and <c>event-replays/{id}</c>, and
    /// <c>POST event-replays/{id}/pause</c>, <c>resume</c> and <c>cancel</c> to the admin routes of a service.
    /// </summary>
    public static void MapEventResends(this IEndpointRouteBuilder admin)
    {
        admin.MapPost("/event-replays", StartResend.Handle);
        admin.MapPost("/event-replays/preview", PreviewAsync).RequireRole(OperatorRole.Viewer);
        admin.MapGet("/event-replays", ListAsync);
        admin.MapGet("/event-replays/{id:guid}", GetAsync);
        Map(admin, "pause", "paused");
        Map(admin, "resume", "running");
        Map(admin, "cancel", "cancelled");
    }

    internal static IResult NotFound(Guid id) => Problems.NotFound("not_found", $"There is no replay {id} here.");

    private static void Map(IEndpointRouteBuilder admin, string act, string statusAfter) => admin.MapPost(
        $"/event-replays/{{id:guid}}/{act}",
        (Guid id,
            HttpContext context,
            CallerIdentity caller,
            OperatorName by,
            IdempotencyKey key,
            ResendStore books,
            IEventStore store,
            TimeProvider clock,
            CancellationToken cancel) =>
            ResendControl.Handle(act, statusAfter, id, context, caller, by, key, books, store, clock, cancel));

    private static async Task<IResult> PreviewAsync(HttpContext context, PreviewResend previews, CancellationToken cancel)
    {
        var request = await ReplayBodies.ReadAsync(context, ReplayJson.Default.ReplayRequest, cancel);
        if (ResendRules.Check(request) is { } problem)
        {
            return problem;
        }

        try
        {
            return Results.Json(await previews.LookAsync(request!, cancel), ReplayJson.Default.ReplayPreview);
        }
        catch (Exception archived) when (archived is StreamArchivedException or LogArchivedException)
        {
            return Problems.Conflict("archived", archived.Message);
        }
    }

    private static async Task<IResult> ListAsync(string? limit, ResendStore books, CancellationToken cancel) =>
        PageLimit.TryParse(limit, ListDefault, ListMax, out var countMax)
            ? Results.Json(new ReplayList(await books.LatestAsync(countMax, cancel)), ReplayJson.Default.ReplayList)
            : PageLimit.Invalid(ListMax);

    private static async Task<IResult> GetAsync(Guid id, ResendStore books, CancellationToken cancel)
    {
        if (await books.FindAsync(id, cancel) is not { } replay)
        {
            return NotFound(id);
        }

        var (before, last) = (replay.Filter.FromPosition!.Value - 1, replay.Filter.ToPosition!.Value);
        var percent = last <= before ? 100 : (int)(100 * (replay.Position - before) / (last - before));
        return Results.Json(new ReplayDetail(replay, percent, await books.ActsAsync(id, cancel)), ReplayJson.Default.ReplayDetail);
    }
}

/// <summary>Reads the bodies of these requests; null for what is not one.</summary>
internal static class ReplayBodies
{
    public static async Task<T?> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type, CancellationToken cancel)
        where T : class
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(context.Request.Body, type, cancel);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
