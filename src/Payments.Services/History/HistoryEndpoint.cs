using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Payments.EventStore;

namespace Payments.Services.History;

/// <summary>What each service tells the others of one correlation. Not routed by the gateway.</summary>
public static class HistoryEndpoint
{
    public const int EventsMax = 1_000;

    public static void MapHistory(this IEndpointRouteBuilder app) =>
        app.MapGet("/internal/history/{correlationId:guid}", async (Guid correlationId, IEventStore store, CancellationToken cancel) =>
            Results.Json(await ReadAsync(store, correlationId, cancel), HistoryJson.Default.ListHistoryEvent)).ExcludeFromDescription();

    /// <summary>The events of one correlation in this service's log, in log order.</summary>
    public static async Task<List<HistoryEvent>> ReadAsync(IEventStore store, Guid correlationId, CancellationToken cancel)
    {
        var events = await store.ReadAllAsync(0, EventsMax, new EventFilter { CorrelationId = correlationId }, cancel);
        return [.. events.Select(e => HistoryEvent.Of(store.Name, e))];
    }
}
