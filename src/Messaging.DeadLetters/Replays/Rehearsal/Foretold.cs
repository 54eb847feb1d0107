using Payments.EventStore.Contract;
using Payments.Messaging.Parking;

namespace Payments.Messaging.DeadLetters.Replays.Rehearsal;

/// <summary>What would become of a message.</summary>
public enum ForetoldOutcome
{
    /// <summary>It leads to events.</summary>
    Applies,

    /// <summary>It is understood, and there is nothing to do: done before, or not for this consumer.</summary>
    DoesNothing,

    Fails,

    /// <summary>One of its key fails before it.</summary>
    WaitsOn,
}

/// <summary>What a replay of one message would come to, if it were done now.</summary>
/// <param name="IsBehind">It is no dead letter itself: it waits behind one, and would be released.</param>
/// <param name="Failure">Why it would fail.</param>
/// <param name="Stream">The aggregate that it is about; null when it is about none.</param>
/// <param name="Before">The aggregate's state, UTF-8 JSON; null when there is none.</param>
/// <param name="After">The same, afterwards.</param>
public sealed record Foretold(
    ParkedMessage Message,
    bool IsBehind,
    ForetoldOutcome Outcome,
    Failure? Failure = null,
    StreamId? Stream = null,
    IReadOnlyList<ForetoldEvent>? Events = null,
    byte[]? Before = null,
    byte[]? After = null);

/// <summary>An event that would be stored.</summary>
/// <param name="Version">In its stream.</param>
/// <param name="Data">UTF-8 JSON.</param>
public sealed record ForetoldEvent(string Type, int Schema, StreamId Stream, long Version, ReadOnlyMemory<byte> Data);
