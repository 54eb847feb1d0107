using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Payments.Contracts.Approvals;
using Payments.Hosting;
using Payments.ServiceDefaults.Callers;
using Payments.ServiceDefaults.Errors;

namespace Payments.Operations.Approvals;

/// <summary>An order as it came, and what it is about.</summary>
/// <param name="Subject">What it would be done to.</param>
/// <param name="Body">As it was understood.</param>
public sealed record WeighedOrder(string Act, string Subject, string Reason, ReadOnlyMemory<byte> Body, Stakes Stakes);

/// <summary>
/// Four eyes: an order that is about much is only written down; it is carried out when somebody else sends the same order with its id in
/// <c>X-Approval</c>, and as the idempotency key, so that it is carried out once.
/// </summary>
public sealed class ApprovalGate
{
    private readonly ApprovalOptions _options;
    private readonly ApprovalStore _books;
    private readonly TimeProvider _clock;

    internal ApprovalGate(ApprovalOptions options, ApprovalStore books, TimeProvider clock) =>
        (_options, _books, _clock) = (options, books, clock);

    /// <summary>Whether the order may be carried out now.</summary>
    /// <returns>In whose name it is carried out; or the answer to give instead.</returns>
    public async Task<(OperatorName By, IResult? Instead)> CheckAsync(
        WeighedOrder order, HttpContext context, OperatorName by, IdempotencyKey key, CancellationToken cancel)
    {
        IReadOnlyList<string?> approval = context.Request.Headers[PlatformHeaders.Approval];
        return approval is []
            ? _options.Applies(order.Stakes) ? (by, await AskAsync(order, context, by, key, cancel)) : (by, null)
            : await ApproveAsync(approval, order, context, by, key, cancel);
    }

    private async Task<IResult> AskAsync(
        WeighedOrder order, HttpContext context, OperatorName by, IdempotencyKey key, CancellationToken cancel)
    {
        var now = _clock.GetUtcNow();
        var hash = HashOf(order, context);
        var asked = await _books.AskAsync(
            new ApprovalView(
                Guid.CreateVersion7(now),
                "order",
                order.Act,
                order.Subject,
                context.Request.Path,
                JsonDocument.Parse(order.Body).RootElement,
                hash,
                order.Stakes.Money,
                order.Stakes.Count,
                order.Reason,
                by.Value,
                now,
                now.AddHours(_options.ValidForHours),
                ApprovalView.Waiting,
                null,
                null,
                null),
            CallerIdentity.Of(context).ClientId,
            key.Value,
            cancel);
        if (asked.Hash != hash)
        {
            return Problems.Unprocessable("idempotency_key_reused", "This Idempotency-Key was used before, with another request.");
        }

        context.Response.Headers[PlatformHeaders.Approval] = asked.Id.ToString("D");
        return Results.Json(asked, ApprovalJson.Default.ApprovalView, statusCode: StatusCodes.Status202Accepted);
    }

    private async Task<(OperatorName By, IResult? Instead)> ApproveAsync(
        IReadOnlyList<string?> header, WeighedOrder order, HttpContext context, OperatorName by, IdempotencyKey key,
        CancellationToken cancel)
    {
        if (header is not [{ } text] || !Guid.TryParse(text, out var id) || await _books.FindAsync(id, cancel) is not { } asked)
        {
            return (by, Problems.Invalid(PlatformHeaders.Approval, "Must be the id of an order that waits for approval here."));
        }

        if (Obstacle(asked, order, context, by, key, _clock.GetUtcNow()) is { } obstacle)
        {
            return (by, obstacle);
        }

        if (asked.Status == ApprovalView.Waiting
            && !await _books.DecideAsync(id, ApprovalView.Approved, by.Value, order.Reason, _clock.GetUtcNow(), cancel))
        {
            // Somebody decided in this very moment; if it was this person, by the same order sent twice, it is approved.
            var decided = (await _books.FindAsync(id, cancel))!;
            if (Obstacle(decided, order, context, by, key, _clock.GetUtcNow()) is { } since)
            {
                return (by, since);
            }
        }

        return (new OperatorName(asked.AskedBy).ApprovedBy(by), null);
    }

    /// <summary>Why somebody may not agree to what somebody has asked for; null when they may.</summary>
    internal static ProblemHttpResult? RefusalOf(string askedBy, OperatorName by, HttpContext context) =>
        new OperatorName(askedBy).Principal == by.Principal
            ? Problems.Refused(StatusCodes.Status403Forbidden, "own_order", $"{askedBy} has asked for it: somebody else must approve it.")
        : CallerIdentity.Of(context).ClientId != CallerIdentity.SignedIn
            ? Problems.Refused(
                StatusCodes.Status403Forbidden, "approver_not_signed_in",
                "Only a person who has signed in can approve: a key may be anybody's.")
        : null;

    private static ProblemHttpResult? Obstacle(
        ApprovalView asked, WeighedOrder order, HttpContext context, OperatorName by, IdempotencyKey key, DateTimeOffset now)
    {
        if (RefusalOf(asked.AskedBy, by, context) is { } refusal)
        {
            return refusal;
        }

        if (key.Value != asked.Id.ToString("D"))
        {
            return Problems.Invalid(PlatformHeaders.IdempotencyKey, $"Must be the same as {PlatformHeaders.Approval}.");
        }

        if (asked.Hash != HashOf(order, context))
        {
            return Problems.Conflict("another_order", "This is not the order that waits for approval.");
        }

        // It is done once by its key, which is forgotten some day: long before that it cannot be sent any more, approved or not.
        if (asked.ExpiresAt <= now)
        {
            return Problems.Conflict("approval_expired", "It was asked too long ago: it must be ordered anew.");
        }

        // Whoever has approved may send it again: it may not have been carried out, and it never is twice.
        return asked.Status == ApprovalView.Waiting || (asked.Status == ApprovalView.Approved && asked.DecidedBy == by.Value)
            ? null
            : NotWaiting(asked);
    }

    private static ProblemHttpResult NotWaiting(ApprovalView asked) => Problems.Conflict(
        "approval_" + asked.Status,
        asked.Status == ApprovalView.Overtaken
            ? "What it was asked for has gone on since: look at it again, and order anew."
            : $"{asked.DecidedBy} has {asked.Status} it.");

    private static string HashOf(WeighedOrder order, HttpContext context) => Convert.ToHexStringLower(
        SHA256.HashData([.. Encoding.UTF8.GetBytes($"{context.Request.Method} {context.Request.Path}\n"), .. order.Body.Span]));
}
