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

/// <summary><c>POST replays</c>: freezes a selection and has it replayed, or discarded, in the background.</summary>
/// <remarks>
/// The items are written beside the log first, because a hundred thousand of them would hold up all appends; setting the replay going is
/// one row, stored with the idempotency key. What is planned and never set going is forgotten. What is about much waits for a second
/// person, who approves just this selection.
/// </remarks>
internal static class CreateReplay
{
    public static async Task<IResult> Handle(
        ReplayRequest request,
        HttpContext context,
        CallerIdentity caller,
        OperatorName by,
        IdempotencyKey key,
        IEventStore store,
        DeadLetterReader letters,
        ReplayStore books,
        ApprovalOptions fourEyes,
        TimeProvider clock,
        CancellationToken cancel)
    {
        if (Refusal(request, out var reason) is { } refusal)
        {
            return refusal;
        }

        var repeatable = new IdempotentRequest(
            context, caller, key, JsonSerializer.SerializeToUtf8Bytes(request, DeadLetterJson.Default.ReplayRequest));
        if (await repeatable.FindFirstAsync(store, cancel) is { } first)
        {
            return repeatable.Repeat(first);
        }

        var frozen = await letters.FreezeAsync(request.Selection, FrozenSelection.CountMax, cancel);
        if (frozen.Items.Count is 0 or > FrozenSelection.CountMax)
        {
            return frozen.Items.Count == 0
                ? Problems.Unprocessable("nothing_selected", "No dead letter of this service is chosen by that.")
                : Problems.Unprocessable(
                    "too_many_selected", $"More than {FrozenSelection.CountMax} dead letters are chosen: narrow it down.");
        }

        var now = clock.GetUtcNow();
        var order = new ReplayOrder(
            Guid.CreateVersion7(now), request.Act, now, by.Value, reason, request.Selection, request.RatePerSecond, request.StopAtPercent);
        await books.PlanAsync(order, frozen, cancel);
        var planned = ReplayViews.Of((await books.FindAsync(order.Id, cancel))!);
        var status = fourEyes.Applies(new Stakes(planned.Money, planned.Total)) ? Replay.AwaitingApproval
            : request.StartPaused ? Replay.Paused
            : Replay.Running;
        return await StartAsync(order, planned, status, repeatable, context, store, books, cancel);
    }

    private static ProblemHttpResult? Refusal(ReplayRequest request, out string reason) =>
        !Reason.TryRead(request.Reason, out reason) ? Reason.Invalid()
        : request.Act is not (OperatorAct.Replay or OperatorAct.Discard) ? Problems.Invalid("act", "Must be replay or discard.")
        : request.RatePerSecond is < 1 or > ReplayRules.RatePerSecondMax
            ? Problems.Invalid("ratePerSecond", $"Must be a whole number from 1 to {ReplayRules.RatePerSecondMax}.")
        : request.StopAtPercent is < 0 or > 100 ? Problems.Invalid("stopAtPercent", "Must be a whole number from 0 to 100.")
        : request.Selection.Problem() is { } problem ? Problems.Invalid(problem.Field, problem.Problem)
        : null;

    private static async Task<IResult> StartAsync(
        ReplayOrder order,
        ReplayView planned,
        string status,
        IdempotentRequest repeatable,
        HttpContext context,
        IEventStore store,
        ReplayStore books,
        CancellationToken cancel)
    {
        var answer = KeptAnswer.Of(
            StatusCodes.Status202Accepted,
            JsonSerializer.SerializeToUtf8Bytes(planned with { Status = status }, DeadLetterJson.Default.ReplayView),
            $"{context.Request.Path}/{order.Id}");
        var act = new OperatorAct(
            order.At,
            order.By,
            "replay-created",
            order.Reason,
            order.Id,
            After: new JsonObject
            {
                ["act"] = order.Act,
                ["status"] = status,
                ["total"] = planned.Total,
                ["selectionHash"] = planned.SelectionHash,
                ["money"] = JsonSerializer.SerializeToNode(planned.Money, DeadLetterJson.Default.IReadOnlyListMoneyView),
            });
        var unit = new AppendUnit
        {
            Rows = [act.ToRow(), ReplayRow.Set(order.Id, [Replay.Planned], status, order.At).ToRow()],
            Claim = repeatable.ClaimWith(answer),
        };
        if (await store.AppendAsync(unit, cancel) is not AppendResult.AlreadyClaimed claimed)
        {
            return answer.ToResult(context);
        }

        await books.ForgetAsync(order.Id, cancel); // The same request, sent twice at once: the other one was first.
        return repeatable.Repeat(claimed.Existing);
    }
}
