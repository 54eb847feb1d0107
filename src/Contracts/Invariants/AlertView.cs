using System.Text.Json;

namespace Payments.Contracts.Invariants;

/// <summary>An invariant and its last look.</summary>
/// <param name="State">
/// <c>holds</c>, <c>violated</c> (it has open alerts), <c>unknown</c> (it could not be looked at) or <c>new</c> (not looked at yet).
/// </param>
/// <param name="Checked">How much the last look covered.</param>
/// <param name="Note">What the last look had to leave out.</param>
/// <param name="Suspicions">Findings that may still go by themselves.</param>
public sealed record InvariantView(
    string Name,
    string Meaning,
    string State,
    DateTimeOffset? CheckedAt,
    long Checked,
    string? Note,
    DateTimeOffset? CouldNotCheckSince,
    string? Error,
    long OpenAlerts,
    long Suspicions);

/// <summary>A mismatch that was found, and what has become of it.</summary>
/// <param name="Event">The first divergent event, as far as it is known.</param>
public sealed record AlertView(
    long Id,
    string Invariant,
    string Subject,
    string Message,
    AlertEventView? Event,
    JsonElement Details,
    DateTimeOffset FoundAt,
    DateTimeOffset LastSeenAt,
    DateTimeOffset? ClearedAt,
    AcknowledgementView? Acknowledged);

public sealed record AlertEventView(string Stream, long? Version, long? Position, Guid? EventId);

public sealed record AcknowledgementView(string By, DateTimeOffset At, string Reason);

/// <param name="Next">Give it as <c>after</c> for the next page; absent on the last one.</param>
public sealed record AlertPage(IReadOnlyList<AlertView> Items, string? Next);
