using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Payments.Messaging.DeadLetters.Replays.Rehearsal;
using Payments.Operations.TimeTravel;
using Payments.ServiceDefaults.Errors;

namespace Payments.Messaging.DeadLetters.Replays;

/// <param name="Selection">By ids, by a group, or by a filter.</param>
internal sealed record PreviewRequest(DeadLetterSelection Selection);

/// <summary>What a replay would do, if it were done now. Nothing of it is stored.</summary>
/// <param name="Selected">Dead letters that are chosen.</param>
/// <param name="Rehearsed">Of them, the first ones: those that are shown.</param>
/// <param name="Cut">There are more than were rehearsed.</param>
/// <param name="Applies">Messages, with those that wait behind, that would lead to events.</param>
/// <param name="Nothing">Messages that would do nothing: done before, for example.</param>
/// <param name="Waits">Messages that would go on waiting, behind one that fails.</param>
internal sealed record PreviewAnswer(
    long Selected, int Rehearsed, bool Cut, int Applies, int Nothing, int Fails, int Waits, IReadOnlyList<PreviewItem> Items);

/// <summary>What would become of one message.</summary>
/// <param name="Behind">It waits behind a dead letter, and would be released.</param>
/// <param name="Outcome"><c>applies</c>, <c>nothing</c>, <c>fails</c> or <c>waits</c>.</param>
/// <param name="Changes">Of the state of the aggregate that it is about: balances, holds, the phase of a saga.</param>
internal sealed record PreviewItem(
    long Id,
    long Revision,
    bool Behind,
    string? RoutingKey,
    string? MessageType,
    string Outcome,
    PreviewFailure? Failure,
    string? Stream,
    IReadOnlyList<PreviewEvent> Events,
    IReadOnlyList<StateChange> Changes);

internal sealed record PreviewFailure(string Type, string Message);

/// <param name="Version">In its stream.</param>
internal sealed record PreviewEvent(string Type, string Stream, long Version, JsonNode? Data);

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
