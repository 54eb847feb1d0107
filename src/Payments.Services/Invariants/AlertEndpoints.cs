using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Npgsql;
using Payments.EventStore;
using Payments.ServiceDefaults;

namespace Payments.Services.Invariants;

/// <summary>What operators see of the invariants and alerts of a service, and how they say that they have seen it.</summary>
public static class AlertEndpoints
{
    public const int ReasonLengthMax = 500;
    private const int PageMax = 200;

    /// <summary>
    /// Adds <c>GET invariants</c>, <c>GET alerts</c> and <c>POST alerts/{id}/acknowledge</c> to the admin routes of a service.
    /// </summary>
    public static void MapInvariants(this IEndpointRouteBuilder admin)
    {
        admin.MapGet("/invariants", async (NpgsqlDataSource database, IEnumerable<Invariant> invariants, CancellationToken cancel) =>
            Results.Json(await AlertQueries.InvariantsAsync(database, invariants, cancel), AlertJson.Default.IReadOnlyListInvariantView));
        admin.MapGet("/alerts", ListAsync);
        admin.MapPost("/alerts/{id:long}/acknowledge", AcknowledgeAsync);
    }

    private static async Task<IResult> ListAsync(
        bool? open, string? after, string? limit, NpgsqlDataSource database, CancellationToken cancel)
    {
        if (!PageLimit.TryParse(limit, 50, PageMax, out var countMax))
        {
            return PageLimit.Invalid(PageMax);
        }

        return !TryParse(after, out var place)
            ? Problems.Invalid("after", "Must be the 'next' of the page before.")
            : Results.Json(await AlertQueries.PageAsync(database, open, place, countMax, cancel), AlertJson.Default.AlertPage);
    }

    private static async Task<IResult> AcknowledgeAsync(
        long id,
        HttpContext context,
        CallerIdentity caller,
        IdempotencyKey key,
        NpgsqlDataSource database,
        IEventStore store,
        TimeProvider clock,
        CancellationToken cancel)
    {
        var request = await ReadAsync(context, cancel);
        if (string.IsNullOrWhiteSpace(request?.Reason) || request.Reason.Length > ReasonLengthMax || request.Reason.Any(char.IsControl))
        {
            return Problems.Invalid("reason", $"Must be 1 to {ReasonLengthMax} characters without control characters.");
        }

        var idempotent = new IdempotentRequest(
            context, caller, key, JsonSerializer.SerializeToUtf8Bytes(request, AlertJson.Default.AcknowledgeRequest));
        if (await store.FindClaimAsync(caller.ClientId, key.Value, cancel) is { } first)
        {
            return idempotent.Repeat(first);
        }

        if (await AlertQueries.FindAsync(database, id, cancel) is not { } alert)
        {
            return Problems.NotFound("not_found", $"There is no alert {id} here.");
        }

        if (alert.Acknowledged is { } before)
        {
            return Problems.Conflict("already_acknowledged", $"{before.By} has acknowledged it at {before.At:u}.");
        }

        var row = new AcknowledgementRow(id, By(context, caller), clock.GetUtcNow(), request.Reason);
        var answer = KeptAnswer.Of(StatusCodes.Status200OK, JsonSerializer.SerializeToUtf8Bytes(
            alert with { Acknowledged = new(row.By, row.At, row.Reason) }, AlertJson.Default.AlertView));
        var unit = new AppendUnit
        {
            Rows = [new("alert_acknowledgements", JsonSerializer.SerializeToUtf8Bytes(row, AlertJson.Default.AcknowledgementRow))],
            Claim = idempotent.ClaimWith(answer),
        };
        return await store.AppendAsync(unit, cancel) is AppendResult.AlreadyClaimed claimed
            ? idempotent.Repeat(claimed.Existing)
            : answer.ToResult(context);
    }

    // The API client; and where one client serves many people, the person it names.
    private static string By(HttpContext context, CallerIdentity caller) =>
        context.Request.Headers["X-Operator"] is [{ Length: > 0 and <= 64 } person] && person.All(c => c is > ' ' and <= '~')
            ? $"{caller.ClientId}/{person}"
            : caller.ClientId;

    private static async Task<AcknowledgeRequest?> ReadAsync(HttpContext context, CancellationToken cancel)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(context.Request.Body, AlertJson.Default.AcknowledgeRequest, cancel);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool TryParse(string? text, out (bool IsOpen, long Id)? place)
    {
        place = null;
        if (string.IsNullOrEmpty(text))
        {
            return true;
        }

        if (text.Split('-') is not [("open" or "cleared") and var word, var number]
            || !long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
        {
            return false;
        }

        place = (word == "open", id);
        return true;
    }
}
