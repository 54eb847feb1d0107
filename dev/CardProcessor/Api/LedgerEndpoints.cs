using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using Payments.CardProcessor.Books;
using Payments.CardProcessor.Postgres;
using Payments.ServiceDefaults.Errors;

namespace Payments.CardProcessor.Api;

/// <summary>What only reads the books.</summary>
internal static class LedgerEndpoints
{
    private const string Lookup = "/operations/";
    private const int PageDefault = 100;
    private const int PageMax = 1_000;

    /// <summary>The look-up that settles an unknown outcome.</summary>
    public static async Task<IResult> Operation(HttpContext context, LedgerReader books, CancellationToken cancel) =>
        KeyIn(context) is var key && Input.IsKey(key) && await books.FindOperationAsync(key, cancel) is { } found
            ? Results.Json(found, ProcessorJson.Default.Operation)
            : Problems.NotFound("operation_not_found", "Nothing has happened under this key.");

    public static async Task<IResult> Authorisation(string authorisationId, LedgerReader books, CancellationToken cancel) =>
        Guid.TryParseExact(authorisationId, "D", out var id) && await books.FindAuthorisationAsync(id, cancel) is { } found
            ? Results.Json(found, ProcessorJson.Default.Authorisation)
            : Problems.NotFound(ProcessorCodes.AuthorisationNotFound, "There is no such authorisation.");

    public static async Task<IResult> Operations(string? after, string? limit, LedgerReader books, CancellationToken cancel)
    {
        var (afterSequence, countMax) = (0L, (long)PageDefault);
        if (after is not null && !long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out afterSequence))
        {
            return Problems.Invalid("after", "Must be the sequence of an operation, a whole number from 0.");
        }

        if (limit is not null
            && !(long.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out countMax) && countMax is >= 1 and <= PageMax))
        {
            return Problems.Invalid("limit", $"Must be a whole number from 1 to {PageMax}.");
        }

        return Results.Json(await books.OperationsAsync(afterSequence, (int)countMax, cancel), ProcessorJson.Default.OperationPage);
    }

    public static async Task<IResult> Totals(LedgerReader books, CancellationToken cancel) =>
        Results.Json(await books.TotalsAsync(cancel), ProcessorJson.Default.LedgerTotals);

    // As it was sent: in a route's value an encoded slash stays encoded and an encoded percent sign does not, so that "a/b" and "a%2Fb",
    // both of them keys, would look the same.
    private static string KeyIn(HttpContext context)
    {
        var path = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?')[0];
        var start = path.IndexOf(Lookup, StringComparison.OrdinalIgnoreCase);
        return start < 0 ? "" : Uri.UnescapeDataString(path[(start + Lookup.Length)..]);
    }
}
