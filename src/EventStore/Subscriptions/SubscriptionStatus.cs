namespace Payments.EventStore.Subscriptions;

/// <summary>What a subscription is doing.</summary>
public enum SubscriptionState
{
    /// <summary>Not started, or another process works on it.</summary>
    Waiting,

    /// <summary>Reading what was stored before.</summary>
    CatchingUp,

    /// <summary>Handling events as they are committed.</summary>
    Live,

    /// <summary>The handler failed, or the database: the same batch again, after a pause that grows.</summary>
    Retrying,

    /// <summary>An operator stopped it.</summary>
    Paused,

    /// <summary>The stored checkpoint belongs to another version of it: a projection waits for its rebuild.</summary>
    OtherVersion,
}

/// <summary>How a subscription is, whichever process works on it.</summary>
/// <param name="Position">Everything up to this log position is handled.</param>
/// <param name="LastPosition">The last position of the log.</param>
/// <param name="Since">Since when it is in this state.</param>
/// <param name="Failures">Failures in a row; 0 when all is well.</param>
/// <param name="Error">The last failure, while it is <see cref="SubscriptionState.Retrying"/>.</param>
/// <param name="HasWorker">Some process has taken it.</param>
public sealed record SubscriptionStatus(
    string Name,
    SubscriptionState State,
    long Position,
    long LastPosition,
    DateTimeOffset Since,
    int Failures,
    string? Error,
    bool HasWorker)
{
    /// <summary>Events that it has yet to look at.</summary>
    public long Lag => Math.Max(0, LastPosition - Position);
}
