using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Payments.Contracts.DeadLetters;
using Payments.EventStore.Contract;
using Payments.Hosting;
using Payments.Messaging.Parking;
using Payments.Operations.Approvals;
using Payments.Operations.Audit;
using Payments.Operations.TimeTravel;
using Payments.ServiceDefaults.Callers;
using Payments.ServiceDefaults.Errors;

namespace Payments.Messaging.DeadLetters;

/// <summary>
/// <c>POST dead-letters/{id}/edit</c>: another payload, which the consumer understands. It stays a dead letter until it is replayed.
/// </summary>
internal static class EditDeadLetter
{
    public static async Task<IResult> Handle<TState, TEvent>(
        long id,
        EditRequest request,
        HttpContext context,
        CallerIdentity caller,
        OperatorName by,
        IdempotencyKey key,
        IEventStore store,
        DeadLetterReader letters,
        EditCheck<TState, TEvent> check,
        ApprovalGate second,
        TimeProvider clock,
        CancellationToken cancel)
        where TState : class
    {
        if (!Reason.TryRead(request.Reason, out var reason))
        {
            return Reason.Invalid();
        }

        var payload = Encoding.UTF8.GetBytes(request.Payload.GetRawText());
        var order = JsonSerializer.SerializeToUtf8Bytes(request, DeadLetterJson.Default.EditRequest);
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
            letter => new(
                OperatorAct.Edit,
                $"dead-letter/{id}",
                reason,
                order,
                Stakes.Of(MoneyAtRisk.Of(letter.Payload), MoneyAtRisk.Of(payload))), // What it was about, and what it is to be about.
            async (letter, name) => await check.FaultOfAsync(letter, payload, cancel) is { } fault
                ? ([], null!, Refusal(fault))
                : Change(letter, payload, clock.GetUtcNow(), name.Value, reason),
            cancel);
    }

    private static ProblemHttpResult Refusal(EditFault fault) => fault.Code switch
    {
        EditFault.DoesNotFit => Problems.Invalid(fault.Member, fault.Message),
        EditFault.ChangesMoney => Problems.Unprocessable(fault.Code, fault.Member, fault.Message),
        _ => Problems.Unprocessable(fault.Code, fault.Message),
    };

    private static (IReadOnlyList<ProjectionRow> Rows, KeptAnswer Answer, IResult? Refusal) Change(
        ParkedMessage letter, byte[] payload, DateTimeOffset now, string by, string reason)
    {
        var (before, after) = (Payloads.Json(letter.Payload), Payloads.Json(payload));
        var edit = EditRow.Of(letter, payload, now, by, reason);
        var act = new OperatorAct(
            now,
            by,
            OperatorAct.Edit,
            reason,
            MessageId: letter.Id,
            Before: Side(letter.Revision, letter.Payload),
            After: Side(letter.Revision + 1, payload));
        var answer = new EditAnswer(
            letter.Id,
            letter.Revision + 1,
            edit.Amount,
            edit.Currency,
            before is null ? null : StateDiff.Between(before, after),
            LineDiff.Between(Payloads.Lines(letter.Payload), Payloads.Lines(payload)));
        return (
            [edit.ToRow(), act.ToRow()],
            KeptAnswer.Of(StatusCodes.Status200OK, JsonSerializer.SerializeToUtf8Bytes(answer, DeadLetterJson.Default.EditAnswer)),
            null);
    }

    // A payload that is no JSON is kept with the edit itself.
    private static JsonObject Side(long revision, byte[] payload)
    {
        var side = new JsonObject { ["revision"] = revision, ["bytes"] = payload.Length };
        if (Payloads.Json(payload) is { } json)
        {
            side["payload"] = json;
        }

        return side;
    }
}
