using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Payments.Contracts.Events;
using Payments.EventStore.Contract;
using Payments.EventStore.Searching;
using Payments.ServiceDefaults.Errors;

namespace Payments.Operations.Events;

/// <summary>Looking for events in a service's log: for operators.</summary>
public static class EventEndpoints
{
    public static void AddEventSearch(this IServiceCollection services) => services.AddSingleton<LogSearch>();

    /// <summary>Adds <c>GET events</c> and <c>GET events/{position}</c> to the admin routes of a service.</summary>
    public static void MapEvents(this IEndpointRouteBuilder admin)
    {
        admin.MapGet("/events", ListAsync);
        admin.MapGet("/events/{position:long}", GetAsync);
    }

    private static async Task<IResult> ListAsync(
        [AsParameters] EventSearchRequest request, IEventStore store, LogSearch log, CancellationToken cancel) =>
        request.TryParse(out var search, out var errors)
            ? Results.Json(EventViews.Of(store.Name, await log.FindAsync(search, cancel)), EventJson.Default.EventPage)
            : Problems.Invalid(errors);

    private static async Task<IResult> GetAsync(long position, IEventStore store, LogSearch log, CancellationToken cancel) =>
        await log.GetAsync(position, cancel) switch
        {
            { Event: { } e } found => Results.Json(
                new EventDetail(EventViews.Of(store.Name, e), found.PreviousInStream, found.NextInStream, found.LastPosition),
                EventJson.Default.EventDetail),
            { Archived: { } month } => Problems.Conflict(
                "archived",
                $"Position {position} is in the archive of {month.Month}, as are {month.FirstPosition} to {month.LastPosition}. " +
                "Restore it first."),
            var none => Problems.NotFound(
                "not_found", $"There is no event at position {position}: the log of {store.Name} ends at {none.LastPosition}."),
        };
}
