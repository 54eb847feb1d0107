using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Payments.EventStore.Contract;
using Payments.Hosting;
using Payments.ServiceDefaults.Callers;

namespace Payments.Operations.EventResend;

/// <summary><c>POST event-replays</c></summary>
internal static class StartResend
{
    public static async Task<IResult> Handle(
        HttpContext context,
        CallerIdentity caller,
        OperatorName by,
        IdempotencyKey key,
        IEventStore store,
        TimeProvider clock,
        CancellationToken cancel)
    {
        var request = await ReplayBodies.ReadAsync(context, ReplayJson.Default.ReplayRequest, cancel);
        if (ResendRules.Check(request) is { } problem)
        {
            return problem;
        }

        if (!Reason.TryRead(request!.Reason, out var reason))
        {
            return Reason.Invalid();
        }

        var repeatable = new IdempotentRequest(
            context, caller, key, JsonSerializer.SerializeToUtf8Bytes(request!, ReplayJson.Default.ReplayRequest));
        var head = await store.LastPositionAsync(cancel);
        var id = Guid.CreateVersion7(clock.GetUtcNow());
        var row = new ReplayActRow(id, "start", by.Value, reason, clock.GetUtcNow())
        {
            StreamId = request.Filter.StreamId,
            Types = request.Filter.Types,
            CorrelationId = request.Filter.CorrelationId,
            FromPosition = request.Filter.FromPosition ?? 1,
            ToPosition = Math.Min(request.Filter.ToPosition ?? head, head),
            Consumer = request.To?.Consumer,
            RatePerSecond = request.RatePerSecond ?? ResendRules.RateDefault,
        };
        var answer = KeptAnswer.Of(
            StatusCodes.Status201Created,
            JsonSerializer.SerializeToUtf8Bytes(new ReplayAnswer(id, "running"), ReplayJson.Default.ReplayAnswer),
            $"{context.Request.Path}/{id}");
        var unit = new AppendUnit
        {
            Rows = [new("event_replay_acts", JsonSerializer.SerializeToUtf8Bytes(row, ReplayJson.Default.ReplayActRow))],
            Claim = repeatable.ClaimWith(answer),
        };
        return await store.AppendAsync(unit, cancel) is AppendResult.AlreadyClaimed claimed
            ? repeatable.Repeat(claimed.Existing)
            : answer.ToResult(context);
    }
}
