using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Payments.Contracts;
using Payments.EventStore.Contract;
using Payments.Hosting;
using Payments.Operations.Audit;
using Payments.ServiceDefaults.Callers;
using Payments.ServiceDefaults.Errors;

namespace Payments.Messaging.DeadLetters.Replays;

/// <summary>
/// <c>POST replays/{id}/pause</c>, <c>resume</c> and <c>cancel</c>. Once it is answered, nothing more is done: an item is only stored while
/// its replay is running.
/// </summary>
internal sealed class ReplayControl(IEventStore store, ReplayStore books, TimeProvider clock)
{
    public static Task<IResult> Pause(
        Guid id, ReasonRequest request, HttpContext context, CallerIdentity caller, OperatorName by, IdempotencyKey key,
        ReplayControl steer, CancellationToken cancel) =>
        steer.HandleAsync(
            id, "replay-paused", [Replay.Running], Replay.Paused, request, by, Repeatable(context, caller, key, request), context, cancel);

    public static Task<IResult> Resume(
        Guid id, ReasonRequest request, HttpContext context, CallerIdentity caller, OperatorName by, IdempotencyKey key,
        ReplayControl steer, CancellationToken cancel) => steer.HandleAsync(
            id,
            "replay-resumed",
            [Replay.Paused, Replay.Stopped],
            Replay.Running,
            request,
            by,
            Repeatable(context, caller, key, request),
            context,
            cancel);

    public static Task<IResult> Cancel(
        Guid id, ReasonRequest request, HttpContext context, CallerIdentity caller, OperatorName by, IdempotencyKey key,
        ReplayControl steer, CancellationToken cancel) => steer.HandleAsync(
            id,
            "replay-cancelled",
            [Replay.AwaitingApproval, Replay.Running, Replay.Paused, Replay.Stopped],
            Replay.Cancelled,
            request,
            by,
            Repeatable(context, caller, key, request),
            context,
            cancel);

    private static IdempotentRequest Repeatable(HttpContext context, CallerIdentity caller, IdempotencyKey key, ReasonRequest request) =>
        new(context, caller, key, JsonSerializer.SerializeToUtf8Bytes(request, DeadLetterJson.Default.ReasonRequest));

    private async Task<IResult> HandleAsync(
        Guid id,
        string act,
        IReadOnlyList<string> from,
        string to,
        ReasonRequest request,
        OperatorName by,
        IdempotentRequest repeatable,
        HttpContext context,
        CancellationToken cancel)
    {
        if (!Reason.TryRead(request.Reason, out var reason))
        {
            return Reason.Invalid();
        }

        if (await repeatable.FindFirstAsync(store, cancel) is { } first)
        {
            return repeatable.Repeat(first);
        }

        if (await books.FindAsync(id, cancel) is not { Status: not Replay.Planned } replay)
        {
            return ShowReplays.NotFound(id);
        }

        if (!from.Contains(replay.Status))
        {
            return NotNow(replay);
        }

        var now = clock.GetUtcNow();
        var answer = KeptAnswer.Of(
            StatusCodes.Status200OK,
            JsonSerializer.SerializeToUtf8Bytes(
                ReplayViews.Of(replay) with { Status = to, Note = null, ChangedAt = now }, DeadLetterJson.Default.ReplayView));
        var record = new OperatorAct(
            now,
            by.Value,
            act,
            reason,
            id,
            Before: new JsonObject { ["status"] = replay.Status },
            After: new JsonObject { ["status"] = to });
        try
        {
            var unit = new AppendUnit
            {
                Rows = [record.ToRow(), ReplayRow.Set(id, [replay.Status], to, now).ToRow()],
                Claim = repeatable.ClaimWith(answer),
            };
            return await store.AppendAsync(unit, cancel) is AppendResult.AlreadyClaimed claimed
                ? repeatable.Repeat(claimed.Existing)
                : answer.ToResult(context);
        }
        catch (StoreRejectedException)
        {
            return NotNow((await books.FindAsync(id, cancel))!); // It came to its end in this very moment, say.
        }
    }

    public static ProblemHttpResult NotNow(Replay replay) =>
        Problems.Conflict("replay_" + replay.Status.Replace('-', '_'), $"Replay {replay.Id} is {replay.Status}.");
}
