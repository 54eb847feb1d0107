using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Payments.EventStore.Contract;
using Payments.Hosting;
using Payments.Messaging.Parking;
using Payments.Operations.Approvals;
using Payments.ServiceDefaults.Callers;
using Payments.ServiceDefaults.Errors;

namespace Payments.Messaging.DeadLetters;

/// <summary>What every change of one dead letter has in common: done once, on the dead letter as it was seen, and on record.</summary>
internal static class ChangeRequest
{
    /// <summary>Finds the dead letter and has it changed; a repeat of the request is answered as it was before.</summary>
    /// <param name="revision">As the operator saw it; null when that does not matter.</param>
    /// <param name="weigh">What the order is about.</param>
    /// <param name="change">The rows that do it in somebody's name, with the answer; or why it cannot be done.</param>
    public static async Task<IResult> HandleAsync(
        long id,
        long? revision,
        OperatorName by,
        IdempotencyKey key,
        IdempotentRequest repeatable,
        HttpContext context,
        IEventStore store,
        DeadLetterReader letters,
        ApprovalGate second,
        Func<ParkedMessage, WeighedOrder> weigh,
        Func<ParkedMessage, OperatorName, Task<(IReadOnlyList<ProjectionRow> Rows, KeptAnswer Answer, IResult? Refusal)>> change,
        CancellationToken cancel)
    {
        if (await repeatable.FindFirstAsync(store, cancel) is { } first)
        {
            return repeatable.Repeat(first);
        }

        if (await letters.FindAsync(id, cancel) is not { } letter)
        {
            return ShowDeadLetter.NotFound(id);
        }

        if (revision is { } seen && seen != letter.Revision)
        {
            return Changed(id);
        }

        if ((await change(letter, by)).Refusal is { } refusal)
        {
            return refusal;
        }

        (by, var instead) = await second.CheckAsync(weigh(letter), context, by, key, cancel);
        if (instead is not null)
        {
            return instead;
        }

        var (rows, answer, _) = await change(letter, by);
        try
        {
            return await store.AppendAsync(new AppendUnit { Rows = rows, Claim = repeatable.ClaimWith(answer) }, cancel) switch
            {
                AppendResult.AlreadyClaimed claimed => repeatable.Repeat(claimed.Existing),
                _ => answer.ToResult(context),
            };
        }
        catch (StoreRejectedException)
        {
            return Changed(id); // By somebody else, in this very moment.
        }
    }

    private static ProblemHttpResult Changed(long id) =>
        Problems.Conflict("dead_letter_changed", $"Dead letter {id} is not what it was when it was looked at: look again.");
}
