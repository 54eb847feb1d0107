using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Payments.EventStore.Contract;
using Payments.EventStore.Postgres;
using Payments.ServiceDefaults.Callers;
using Payments.ServiceDefaults.Errors;

namespace Payments.Operations.Exports;

/// <summary>
/// <c>GET /api/admin/{service}/audit/events</c>: the events themselves, for compliance, as JSON lines or CSV, oldest first. An export of
/// any size is taken in parts: <c>after</c> is the position of the last event of the part before, and a part with fewer than
/// <c>limit</c> events is the last one.
/// </summary>
public static partial class EventExportEndpoint
{
    /// <summary>The end of the log when the part was begun: nothing after it is in the part.</summary>
    public const string LogEndHeader = "Audit-Log-End";

    /// <param name="concernsUser">
    /// SQL of a condition on an event <c>e</c>: it concerns the user with the id <c>$1</c>.
    /// </param>
    public static void MapEventExport(this IEndpointRouteBuilder admin, string concernsUser) =>
        admin.MapGet("/audit/events", async (
            HttpContext context, IEventStore store, LogDatabase database, ILoggerFactory logs, CancellationToken cancel) =>
        {
            var errors = new Dictionary<string, string[]>();
            return EventExportRequest.Parse(context.Request.Query, errors) is { } request
                ? await ExportAsync(context, request, new EventExportQuery(database.Primary, concernsUser), store.Name, logs, cancel)
                : Problems.Invalid(errors);
        });

    private static async Task<IResult> ExportAsync(
        HttpContext context, EventExportRequest request, EventExportQuery query, string log, ILoggerFactory logs, CancellationToken cancel)
    {
        var (end, archived) = await query.FindEndAsync(request, cancel);
        if (archived.Count > 0)
        {
            return Problems.Conflict(
                "archived",
                $"The events of {string.Join(", ", archived)} are in archive files: bring them back with './payments archive --restore', "
                + "or ask for a period without them by 'from' and 'until'.");
        }

        var client = CallerIdentity.Of(context).ClientId;
        LogExport(logs.CreateLogger(typeof(EventExportEndpoint)), log, client, request.Payment, request.From, request.Until, request.After);
        var (response, ending) = (context.Response, request.AsCsv ? "csv" : "jsonl");
        response.Headers[LogEndHeader] = end.ToString(CultureInfo.InvariantCulture);
        response.Headers.ContentDisposition = $"attachment; filename=\"{log}-events-after-{request.After}.{ending}\"";
        response.ContentType = request.AsCsv ? "text/csv; charset=utf-8" : "application/x-ndjson; charset=utf-8";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await using var lines = new EventExportLines(response.BodyWriter, log, request.AsCsv);
        await foreach (var row in query.ReadAsync(request, end, cancel))
        {
            await lines.WriteAsync(row, cancel);
        }

        return Results.Empty;
    }

    [LoggerMessage(EventId = 180, Level = LogLevel.Information,
        Message = "Events of {Log} are exported for {Client}: payment {Payment}, from {From} until {Until}, after position {After}")]
    private static partial void LogExport(
        ILogger logger, string log, string client, Guid? payment, DateTimeOffset? from, DateTimeOffset? until, long after);
}
