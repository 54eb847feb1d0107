using System.Text.Json.Nodes;
using Payments.EventStore.Contract;

namespace Payments.Operations.Invariants;

/// <summary>Something that must hold at any time, and how to look whether it does.</summary>
public sealed record Invariant
{
    /// <summary>Lower case and dashes. Stored with its alerts, so never renamed.</summary>
    public required string Name { get; init; }

    /// <summary>What must hold, for people.</summary>
    public required string Meaning { get; init; }

    /// <summary>
    /// How long a finding must stand before it is an alert, seen at its beginning and at its end: two services that tell each other by
    /// message disagree for a moment, and that is no mismatch. Null: as configured.
    /// </summary>
    public TimeSpan? Grace { get; init; }

    /// <summary>
    /// Looks once; a bounded amount of work. Throws when it cannot look (a database or another service does not answer), which is not
    /// a finding.
    /// </summary>
    public required Func<Look, CancellationToken, Task<Seen>> Check { get; init; }
}

/// <summary>What a look begins with.</summary>
/// <param name="Known">
/// Subjects of findings that stand. Each must be looked at again, whatever else is: one that is not found any more is gone.
/// </param>
/// <param name="Cursor">JSON that the last look left, null at first: where a walk goes on.</param>
public sealed record Look(IReadOnlyList<string> Known, string? Cursor)
{
    /// <summary>The first look of all.</summary>
    public static readonly Look First = new([], null);
}

/// <summary>What a look has seen.</summary>
/// <param name="Count">How much it has looked at: streams, events, holds, whatever the invariant counts.</param>
public sealed record Seen(long Count, IReadOnlyList<Finding> Findings)
{
    /// <summary>JSON, for the next look; null leaves it as it is.</summary>
    public string? Cursor { get; init; }

    /// <summary>What it had to leave out, for people; null when it was whole.</summary>
    public string? Note { get; init; }
}

/// <summary>It cannot be said now whether an invariant holds: trouble, not a mismatch.</summary>
public sealed class CannotLookException(string message) : Exception(message);

/// <summary>A mismatch.</summary>
/// <param name="Subject">What it is about: names it from look to look, so it contains nothing that changes.</param>
/// <param name="FirstDivergent">The first event after which things cannot be explained any more; null when none is known.</param>
public sealed record Finding(string Subject, string Message, EventReference? FirstDivergent, JsonObject? Details = null);

/// <summary>An event by its place: as much as is known of it.</summary>
/// <param name="Stream">Of whichever service's log the stream's type belongs to.</param>
public sealed record EventReference(string Stream, long? Version, long? Position, Guid? EventId)
{
    public static EventReference Of(StoredEvent e) => new(e.Stream.ToString(), e.StreamVersion, e.Position, e.EventId);

    public override string ToString() => Version is { } version ? $"{Stream}@{version}" : Stream;
}
