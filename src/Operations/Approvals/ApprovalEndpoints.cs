using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Payments.Contracts;
using Payments.Contracts.Approvals;
using Payments.EventStore.Postgres;
using Payments.Hosting;
using Payments.ServiceDefaults.Errors;

namespace Payments.Operations.Approvals;

/// <summary>What waits for a second person.</summary>
public static class ApprovalEndpoints
{
    private const int ListMax = 200;

    internal static void AddApprovals(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(ApprovalOptions.From(builder.Configuration));
        builder.Services.AddSingleton(provider => new ApprovalStore(
            provider.GetRequiredService<LogDatabase>(), provider.GetServices<OvertakenOrders>()));
        builder.Services.AddSingleton(provider => new ApprovalGate(
            provider.GetRequiredService<ApprovalOptions>(),
            provider.GetRequiredService<ApprovalStore>(),
            provider.GetRequiredService<TimeProvider>()));
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, ApprovalJson.Default));
    }

    /// <summary>
    /// Adds <c>GET approvals</c> (<c>?status=waiting</c>: those alone, replays among them) and <c>POST approvals/{id}/decline</c> to the
    /// admin routes of a service. To approve is to send the same order again.
    /// </summary>
    public static void MapApprovals(this IEndpointRouteBuilder admin)
    {
        admin.MapGet("/approvals", ListAsync);
        admin.MapPost("/approvals/{id:guid}/decline", DeclineAsync);
    }

    private static async Task<IResult> ListAsync(
        string? status,
        string? limit,
        HttpContext context,
        ApprovalStore books,
        IEnumerable<OtherApprovals> others,
        CancellationToken cancel)
    {
        if (!PageLimit.TryParse(limit, 50, ListMax, out var countMax))
        {
            return PageLimit.Invalid(ListMax);
        }

        if (status is not (null or ApprovalView.Waiting))
        {
            return Problems.Invalid("status", $"Must be {ApprovalView.Waiting}, or be left out.");
        }

        var orders = await books.ListAsync(status is not null, countMax, cancel);
        var waiting = new List<ApprovalView>();
        foreach (var other in others)
        {
            waiting.AddRange(await other.ListWaitingAsync(countMax, context.Request.Path, cancel));
        }

        return Results.Json(
            new ApprovalPage([.. waiting.Concat(orders).OrderByDescending(a => a.Status == ApprovalView.Waiting).Take(countMax)]),
            ApprovalJson.Default.ApprovalPage);
    }

    private static async Task<IResult> DeclineAsync(
        Guid id, ReasonRequest request, OperatorName by, ApprovalStore books, TimeProvider clock, CancellationToken cancel)
    {
        if (!Reason.TryRead(request.Reason, out var reason))
        {
            return Reason.Invalid();
        }

        var done = await books.DecideAsync(id, ApprovalView.Declined, by.Value, reason, clock.GetUtcNow(), cancel);
        return (await books.FindAsync(id, cancel), done) switch
        {
            (null, _) => Problems.NotFound("not_found", $"No order {id} waits for approval here."),
            ({ } declined, true) => Results.Json(declined, ApprovalJson.Default.ApprovalView),
            ({ } other, _) => Problems.Conflict("approval_" + other.Status, $"The order is {other.Status} already."),
        };
    }
}

/// <summary>What waits for a second person and is kept elsewhere than in the table of approvals.</summary>
/// <param name="ListWaitingAsync">At most so many, for a request with that path.</param>
public sealed record OtherApprovals(Func<int, string, CancellationToken, Task<IEnumerable<ApprovalView>>> ListWaitingAsync);
