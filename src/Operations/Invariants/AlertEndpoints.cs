using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Npgsql;
using Payments.Contracts;
using Payments.EventStore.Contract;
using Payments.Hosting;
using Payments.Operations.Audit;
using Payments.ServiceDefaults.Callers;
using Payments.ServiceDefaults.Errors;

namespace Payments.Operations.Invariants;

/// <summary>What operators see of the invariants and alerts of a service, and how they say that they have seen it.</summary>
public static class AlertEndpoints
{
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
        ReasonRequest request,
        CallerIdentity caller,
        OperatorName by,
        IdempotencyKey key,
        NpgsqlDataSource database,
        IEventStore store,
        TimeProvider clock,
        CancellationToken cancel)
    {
        if (!Reason.TryRead(request.Reason, out var reason))
        {
            return Reason.Invalid();
        }

        var idempotent = new IdempotentRequest(
            context, caller, key, JsonSerializer.SerializeToUtf8Bytes(request, AlertJson.Default.ReasonRequest));
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

        var row = new AcknowledgementRow(id, by.Value, clock.GetUtcNow(), reason);
        var act = new OperatorAct(
            row.At,
            row.By,
            "alert-acknowledged",
            reason,
            After: new JsonObject { ["alert"] = id, ["invariant"] = alert.Invariant, ["subject"] = alert.Subject });
        var answer = KeptAnswer.Of(StatusCodes.Status200OK, JsonSerializer.SerializeToUtf8Bytes(
            alert with { Acknowledged = new(row.By, row.At, row.Reason) }, AlertJson.Default.AlertView));
        var unit = new AppendUnit
        {
            Rows =
            [
                act.ToRow(),
                new("alert_acknowledgements", JsonSerializer.SerializeToUtf8Bytes(row, AlertJson.Default.AcknowledgementRow))
            ],
            Claim = idempotent.ClaimWith(answer),
        };
        return await store.AppendAsync(unit, cancel) is AppendResult.AlreadyClaimed claimed
            ? idempotent.Repeat(claimed.Existing)
            : answer.ToResult(context);
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
