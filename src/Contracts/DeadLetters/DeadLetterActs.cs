using System.Text.Json;
using System.Text.Json.Nodes;
using Payments.Contracts.Events;

namespace Payments.Contracts.DeadLetters;

/// <param name="Payload">The new payload: JSON as the type of the message has it.</param>
/// <param name="Reason">3 to 500 characters.</param>
/// <param name="Revision">As the operator saw it; when it is another now, nothing is done.</param>
public sealed record EditRequest(JsonElement Payload, string Reason, long? Revision = null);

/// <summary>What an edit has done.</summary>
/// <param name="Changes">Member by member, where both payloads are JSON.</param>
/// <param name="Lines">Line by line, JSON set out.</param>
public sealed record EditAnswer(
    long Id, long Revision, long? Amount, string? Currency, IReadOnlyList<StateChange>? Changes, IReadOnlyList<DiffLine> Lines);

/// <summary>A line of a difference: kept (<c>" "</c>), taken away (<c>-</c>) or new (<c>+</c>).</summary>
public sealed record DiffLine(string Op, string Text);

/// <param name="Reason">3 to 500 characters.</param>
/// <param name="Revision">As the operator saw it; when it is another now, nothing is done.</param>
public sealed record DiscardRequest(string Reason, long? Revision = null);

public sealed record DiscardAnswer(long Id, string Status, long Revision);

/// <param name="Selection">By ids, by a group, or by a filter.</param>
public sealed record PreviewRequest(DeadLetterSelection Selection);

/// <summary>What a replay would do, if it were done now. Nothing of it is stored.</summary>
/// <param name="Selected">Dead letters that are chosen.</param>
/// <param name="Rehearsed">Of them, the first ones: those that are shown.</param>
/// <param name="Cut">There are more than were rehearsed.</param>
/// <param name="Applies">Messages, with those that wait behind, that would lead to events.</param>
/// <param name="Nothing">Messages that would do nothing: done before, for example.</param>
/// <param name="Waits">Messages that would go on waiting, behind one that fails.</param>
public sealed record PreviewAnswer(
    long Selected, int Rehearsed, bool Cut, int Applies, int Nothing, int Fails, int Waits, IReadOnlyList<PreviewItem> Items);

/// <summary>What would become of one message.</summary>
/// <param name="Behind">It waits behind a dead letter, and would be released.</param>
/// <param name="Outcome"><c>applies</c>, <c>nothing</c>, <c>fails</c> or <c>waits</c>.</param>
/// <param name="Changes">Of the state of the aggregate that it is about: balances, holds, the phase of a saga.</param>
public sealed record PreviewItem(
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

public sealed record PreviewFailure(string Type, string Message);

/// <param name="Version">In its stream.</param>
public sealed record PreviewEvent(string Type, string Stream, long Version, JsonNode? Data);

/// <param name="Fingerprints">The groups to look at; null: those that hold up the most money.</param>
/// <param name="Sample">Dead letters of each that are tried: 1 to 20.</param>
public sealed record VerifyRequest(IReadOnlyList<string>? Fingerprints = null, int Sample = 5);

/// <summary>What a dry run of some dead letters of a group says.</summary>
/// <param name="Verdict"><c>fixed</c>: none of them fails any more; <c>still_failing</c>: all do; <c>partly_fixed</c>.</param>
/// <param name="Failures">The kinds of those that still fail.</param>
public sealed record GroupVerdict(
    string Fingerprint, string Verdict, int Tried, int Failing, IReadOnlyList<string> Failures, IReadOnlyList<long> SampleIds);
