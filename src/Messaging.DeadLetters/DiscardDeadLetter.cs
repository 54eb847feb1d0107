using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Payments.Contracts.DeadLetters;
using Payments.EventStore.Contract;
using Payments.Hosting;
using Payments.Messaging.Parking;
using Payments.Operations.Approvals;
using Payments.Operations.Audit;
using Payments.ServiceDefaults.Callers;

namespace Payments.Messaging.DeadLetters;

/// <summary><c>POST dead-letters/{id}/discard</c>: it shall never do anything. It is kept; what waits behind it goes on.</summary>
internal static class DiscardDeadLetter
{
    public static async Task<IResult> Handle(
        long id,
        DiscardRequest request,
        HttpContext context,
        CallerIdentity caller,
        OperatorName by,
        IdempotencyKey key,
        IEventStore store,
        DeadLetterReader letters,
        ApprovalGate second,
        TimeProvider clock,
        CancellationToken cancel)
    {
        if (!Reason.TryRead(request.Reason, out var reason))
        {
            return Reason.Invalid();
        }

        var order = JsonSerializer.SerializeToUtf8Bytes(request, DeadLetterJson.Default.DiscardRequest);
        var repeatable = new IdempotentRequest(context, caller, key, order);
        return await ChangeRequest.HandleAsync(
            id,
            request.Revision,
            by,
            key,
            repeatable,
            context,
            store,
            letters,
            second,
            letter => new(OperatorAct.Discard, $"dead-letter/{id}", reason, order, Stakes.Of(MoneyAtRisk.Of(letter.Payload))),
            (letter, name) => Task.FromResult(Change(letter, clock.GetUtcNow(), name.Value, reason)),
            cancel);
    }

    private static (IReadOnlyList<ProjectionRow> Rows, KeptAnswer Answer, IResult? Refusal) Change(
        ParkedMessage letter, DateTimeOffset now, string by, string reason)
    {
        var act = new OperatorAct(
            now,
            by,
            OperatorAct.Discard,
            reason,
            MessageId: letter.Id,
            Before: new JsonObject { ["status"] = "dead", ["revision"] = letter.Revision },
            After: new JsonObject { ["status"] = ParkingRow.Discarded, ["revision"] = letter.Revision + 1 });
        var answer = JsonSerializer.SerializeToUtf8Bytes(
            new DiscardAnswer(letter.Id, ParkingRow.Discarded, letter.Revision + 1), DeadLetterJson.Default.DiscardAnswer);
        return (
            [ParkingRow.Settle(letter, ParkingRow.Discarded, now).ToRow(), act.ToRow()],
            KeptAnswer.Of(StatusCodes.Status200OK, answer),
            null);
    }
}
