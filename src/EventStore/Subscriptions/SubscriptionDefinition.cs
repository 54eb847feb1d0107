using Payments.EventStore.Contract;

namespace Payments.EventStore.Subscriptions;

/// <summary>Somebody who follows the log: under which name, what of it, and to what effect.</summary>
public sealed record SubscriptionDefinition
{
    /// <summary>Its checkpoint is kept under this name, and one worker of this name runs at a time over all processes.</summary>
    public required string Name { get; init; }

    /// <summary>Checkpoints of another version are left alone.</summary>
    public int Version { get; init; } = 1;

    /// <summary>What it wants of the log. The checkpoint passes over what it does not want.</summary>
    public EventFilter Filter { get; init; } = EventFilter.None;

    /// <summary>Events handled at once, at most.</summary>
    public int BatchMax { get; init; } = 500;

    /// <summary>How long live events may wait for others to be handled with; none by default.</summary>
    public TimeSpan Linger { get; init; }

    public required SubscriptionEffects Effects { get; init; }
}
