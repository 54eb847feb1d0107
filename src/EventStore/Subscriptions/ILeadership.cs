namespace Payments.EventStore.Subscriptions;

/// <summary>Sees to it that a name is worked on by one worker at a time, over all processes.</summary>
public interface ILeadership
{
    /// <summary>Waits until the name is free, and takes it.</summary>
    Task<ILease> AcquireAsync(string name, CancellationToken cancel);
}

/// <summary>A name, held until it is disposed or lost.</summary>
public interface ILease : IAsyncDisposable
{
    /// <summary>Cancelled when the name is lost: another may have it already, so stop at once.</summary>
    CancellationToken Lost { get; }
}
