using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Payments.Contracts.Events;
using Payments.EventStore.Contract;
using Payments.EventStore.Postgres;

namespace Payments.Operations.History;

/// <summary>What each service tells the others of one correlation. Not routed by the gateway.</summary>
public static class HistoryEndpoint
{
    public const int EventsMax = 1_000;

    public static void MapHistory(this IEndpointRouteBuilder app) =>
        app.MapGet(
            "/internal/history/{correlationId:guid}",
            async (Guid correlationId, IEventStore store, ReplicaReads reads, CancellationToken cancel) =>
                Results.Json(await ReadAsync(store.Name, reads, correlationId, cancel), HistoryJson.Default.ListHistoryEvent))
            .ExcludeFromDescription();

    /// <summary>
    /// The events of one correlation in this service's log, in log order. May lag behind the last append where there are standbys.
    /// </summary>
    /// <param name="log">The name of the log.</param>
    public static async Task<List<HistoryEvent>> ReadAsync(string log, ReplicaReads reads, Guid correlationId, CancellationToken cancel)
    {
        var events = await reads.ReadAllAsync(atLeast: 0, 0, EventsMax, new EventFilter { CorrelationId = correlationId }, cancel);
        return [.. events.Select(e => HistoryEvents.Of(log, e))];
    }
}
