using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Payments.EventStore.Contract;
using Payments.Hosting;
using Payments.ServiceDefaults.Callers;
using Payments.ServiceDefaults.Errors;

namespace Payments.Operations.EventResend;

/// <summary><c>POST event-replays/{id}/pause</c>, <c>/resume</c> and <c>/cancel</c></summary>
internal static class ResendControl
{
    public static async Task<IResult> Handle(
        string act,
        string statusAfter,
        Guid id,
        HttpContext context,
        CallerIdentity caller,
        OperatorName by,
        IdempotencyKey key,
        ResendStore books,
        IEventStore store,
        TimeProvider clock,
        CancellationToken cancel)
    {
        var request = await ReplayBodies.ReadAsync(context, ReplayJson.Default.ReasonRequest, cancel);
        if (!Reason.TryRead(request?.Reason, out var reason))
        {
            return Reason.Invalid();
        }

        var repeatable = new IdempotentRequest(
            context, caller, key, JsonSerializer.SerializeToUtf8Bytes(request!, ReplayJson.Default.ReasonRequest));
        if (await repeatable.FindFirstAsync(store, cancel) is { } first)
        {
            return repeatable.Repeat(first);
        }

        if (await books.FindAsync(id, cancel) is null)
        {
            return ResendEndpoints.NotFound(id);
        }

        var row = new ReplayActRow(id, act, by.Value, reason, clock.GetUtcNow());
        var answer = KeptAnswer.Of(
            StatusCodes.Status200OK,
            JsonSerializer.SerializeToUtf8Bytes(new ReplayAnswer(id, statusAfter), ReplayJson.Default.ReplayAnswer));
        var unit = new AppendUnit
        {
            Rows = [new("event_replay_acts", JsonSerializer.SerializeToUtf8Bytes(row, ReplayJson.Default.ReplayActRow))],
            Claim = repeatable.ClaimWith(answer),
        };
        try
        {
            return await store.AppendAsync(unit, cancel) is AppendResult.AlreadyClaimed claimed
                ? repeatable.Repeat(claimed.Existing)
                : answer.ToResult(context);
        }
        catch (StoreRejectedException)
        {
            var now = await books.FindAsync(id, cancel);
            return Problems.Conflict("replay_not_in_that_state", $"The replay is {now?.Status}: '{act}' means nothing now.");
        }
    }
}
