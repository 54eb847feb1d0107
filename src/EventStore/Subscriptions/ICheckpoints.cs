namespace Payments.EventStore.Subscriptions;

/// <summary>How far a subscription has come, as stored.</summary>
/// <param name="Version">The version of the subscription that the position belongs to.</param>
public sealed record Checkpoint(long Position, int Version, bool Paused);

/// <summary>Keeps checkpoints, durably. PostgreSQL in earnest, memory in tests.</summary>
public interface ICheckpoints
{
    /// <summary>The checkpoint of a name; made, at the beginning of the log, when there is none.</summary>
    Task<Checkpoint> ReadAsync(string name, int version, CancellationToken cancel);

    /// <summary>Moves a checkpoint, if it still is where the caller believes it to be.</summary>
    /// <returns>False when it is not: somebody else works on this name.</returns>
    Task<bool> MoveAsync(string name, int version, long from, long to, CancellationToken cancel);

    /// <summary>Writes down how a subscription is doing, for whoever asks.</summary>
    /// <param name="failures">Failures in a row.</param>
    Task NoteAsync(string name, SubscriptionState state, int failures, string? error, CancellationToken cancel);

    /// <summary>Pauses or resumes a subscription, whichever process works on it.</summary>
    /// <returns>False when there is no such subscription.</returns>
    Task<bool> SetPausedAsync(string name, bool paused, CancellationToken cancel);

    /// <summary>All subscriptions that ever ran on this log, by name.</summary>
    Task<IReadOnlyList<SubscriptionStatus>> ListAsync(CancellationToken cancel);
}
