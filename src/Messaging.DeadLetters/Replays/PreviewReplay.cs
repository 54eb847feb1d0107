using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Payments.Contracts.DeadLetters;
using Payments.Messaging.DeadLetters.Replays.Rehearsal;
using Payments.Operations.TimeTravel;
using Payments.ServiceDefaults.Errors;

namespace Payments.Messaging.DeadLetters.Replays;

/// <summary><c>POST dead-letters/preview</c>: without an effect, and so without an idempotency key.</summary>
internal static class PreviewReplay
{
    public static async Task<IResult> Handle<TState, TEvent>(
        PreviewRequest request, DeadLetterReader letters, DryRun<TState, TEvent> dryRun, CancellationToken cancel)
        where TState : class
    {
        if (request.Selection.Problem() is { } problem)
        {
            return Problems.Invalid(problem.Field, problem.Problem);
        }

        var heads = await letters.SelectAsync(request.Selection, DryRun<TState, TEvent>.MessagesMax, cancel);
        var selected = heads.Count < DryRun<TState, TEvent>.MessagesMax ? heads.Count : await letters.CountAsync(request.Selection, cancel);
        var behind = await letters.BehindAsync(heads, DryRun<TState, TEvent>.BehindMax, DryRun<TState, TEvent>.BehindAllMax, cancel);
        var foretold = await dryRun.RunAsync(heads, behind, cancel);
        return Results.Json(
            new PreviewAnswer(
                selected,
                heads.Count,
                selected > heads.Count,
                Count(ForetoldOutcome.Applies),
                Count(ForetoldOutcome.DoesNothing),
                Count(ForetoldOutcome.Fails),
                Count(ForetoldOutcome.WaitsOn),
                [.. foretold.Select(Show)]),
            DeadLetterJson.Default.PreviewAnswer);

        int Count(ForetoldOutcome outcome) => foretold.Count(f => f.Outcome == outcome);
    }

    private static PreviewItem Show(Foretold f) => new(
        f.Message.Id,
        f.Message.Revision,
        f.IsBehind,
        f.Message.RoutingKey,
        f.Message.Headers.GetValueOrDefault(Payments.Messaging.Envelope.HeaderNames.Type),
        f.Outcome switch
        {
            ForetoldOutcome.Applies => "applies",
            ForetoldOutcome.DoesNothing => "nothing",
            ForetoldOutcome.Fails => "fails",
            _ => "waits",
        },
        f.Failure is { } failure ? new PreviewFailure(failure.Type, failure.Message) : null,
        f.Stream?.ToString(),
        [.. f.Events?.Select(e => new PreviewEvent(e.Type, e.Stream.ToString(), e.Version, JsonNode.Parse(e.Data.Span))) ?? []],
        StateDiff.Between(Parse(f.Before), Parse(f.After)));

    private static JsonNode? Parse(byte[]? state) => state is null ? null : JsonNode.Parse(state);
}
