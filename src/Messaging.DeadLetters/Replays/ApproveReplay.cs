using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Payments.Contracts.Replays;
using Payments.EventStore.Contract;
using Payments.Hosting;
using Payments.Operations.Approvals;
using Payments.Operations.Audit;
using Payments.ServiceDefaults.Callers;
using Payments.ServiceDefaults.Errors;

namespace Payments.Messaging.DeadLetters.Replays;

/// <summary><c>POST replays/{id}/approve</c>: a second person agrees to just this selection, and it starts.</summary>
internal static class ApproveReplay
{
    public static async Task<IResult> Handle(
        Guid id,
        ApproveRequest request,
        HttpContext context,
        CallerIdentity caller,
        OperatorName by,
        IdempotencyKey key,
        IEventStore store,
        ReplayStore books,
        TimeProvider clock,
        CancellationToken cancel)
    {
        if (!Reason.TryRead(request.Reason, out var reason))
        {
            return Reason.Invalid();
        }

        var repeatable = new IdempotentRequest(
            context, caller, key, JsonSerializer.SerializeToUtf8Bytes(request, DeadLetterJson.Default.ApproveRequest));
        if (await repeatable.FindFirstAsync(store, cancel) is { } first)
        {
            return repeatable.Repeat(first);
        }

        if (await books.FindAsync(id, cancel) is not { Status: not Replay.Planned } replay)
        {
            return ShowReplays.NotFound(id);
        }

        return Obstacle(replay, request, by, context) is { } obstacle
            ? obstacle
            : await ApproveAsync(replay, by, reason, repeatable, context, store, books, clock, cancel);
    }

    private static ProblemHttpResult? Obstacle(Replay replay, ApproveRequest request, OperatorName by, HttpContext context) =>
        replay.Status != Replay.AwaitingApproval ? ReplayControl.NotNow(replay)
        : ApprovalGate.RefusalOf(replay.CreatedBy, by, context) is { } refusal ? refusal
        : request.SelectionHash != replay.SelectionHash ? Problems.Invalid(
            "selectionHash", "It is not the hash of this replay's selection: look at it again.")
        : null;

    private static async Task<IResult> ApproveAsync(
        Replay replay,
        OperatorName by,
        string reason,
        IdempotentRequest repeatable,
        HttpContext context,
        IEventStore store,
        ReplayStore books,
        TimeProvider clock,
        CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var approved = ReplayViews.Of(replay) with { Status = Replay.Running, ApprovedBy = by.Value, ChangedAt = now };
        var answer = KeptAnswer.Of(
            StatusCodes.Status200OK, JsonSerializer.SerializeToUtf8Bytes(approved, DeadLetterJson.Default.ReplayView));
        var act = new OperatorAct(
            now,
            by.Value,
            "replay-approved",
            reason,
            replay.Id,
            Before: new JsonObject { ["status"] = replay.Status, ["askedBy"] = replay.CreatedBy },
            After: new JsonObject
            {
                ["status"] = Replay.Running,
                ["selectionHash"] = replay.SelectionHash,
                ["total"] = replay.Counts.Total,
            });
        try
        {
            var unit = new AppendUnit
            {
                Rows = [act.ToRow(), ReplayRow.Approve(replay.Id, Replay.Running, by.Value, now).ToRow()],
                Claim = repeatable.ClaimWith(answer),
            };
            return await store.AppendAsync(unit, cancel) is AppendResult.AlreadyClaimed claimed
                ? repeatable.Repeat(claimed.Existing)
                : answer.ToResult(context);
        }
        catch (StoreRejectedException)
        {
            return ReplayControl.NotNow((await books.FindAsync(replay.Id, cancel))!); // Somebody else was faster.
        }
    }
}
