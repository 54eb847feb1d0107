using Confluent.Kafka;

namespace Payments.Broker.Groups;

/// <summary>One member of a group, and which of its requests wait.</summary>
internal sealed class Member(string id, TimeSpan now)
{
    private TaskCompletionSource<JoinResult>? _join;
    private TaskCompletionSource<SyncResult>? _sync;

    public string Id => id;

    public TimeSpan SessionTimeout { get; private set; }

    public TimeSpan RebalanceTimeout { get; private set; }

    /// <summary>The one it likes best first.</summary>
    public IReadOnlyList<Protocol> Protocols { get; private set; } = [];

    public byte[] Assignment { get; set; } = [];

    public TimeSpan LastHeard { get; set; } = now;

    public bool IsJoining => _join is not null;

    public bool IsSyncing => _sync is not null;

    /// <summary>One whose request waits here cannot send another: it is the group that is slow, not the member.</summary>
    public bool IsSilent(TimeSpan now) => !IsJoining && !IsSyncing && now - LastHeard > SessionTimeout;

    public void Update(JoinRequest request) =>
        (SessionTimeout, RebalanceTimeout, Protocols) = (request.SessionTimeout, request.RebalanceTimeout, request.Protocols);

    public bool SaysTheSame(JoinRequest request) =>
        Protocols.Count == request.Protocols.Count
        && Protocols.Zip(request.Protocols).All(pair =>
            pair.First.Name == pair.Second.Name && pair.First.Metadata.AsSpan().SequenceEqual(pair.Second.Metadata));

    public byte[] MetadataFor(string protocol) => Protocols.First(known => known.Name == protocol).Metadata;

    public Task<JoinResult> Join()
    {
        EndJoin(new(ErrorCode.RebalanceInProgress, id)); // Of a connection that broke, most likely.
        return (_join = Waiting<JoinResult>()).Task;
    }

    public void EndJoin(JoinResult result) => End(ref _join, result);

    public Task<SyncResult> Sync()
    {
        EndSync(new(ErrorCode.RebalanceInProgress));
        return (_sync = Waiting<SyncResult>()).Task;
    }

    public void EndSync(SyncResult result) => End(ref _sync, result);

    /// <summary>It is no member any more: whatever it waits for ends.</summary>
    public void EndAll()
    {
        EndJoin(new(ErrorCode.UnknownMemberId, id));
        EndSync(new(ErrorCode.UnknownMemberId));
    }

    // The group is locked: whoever waits goes on elsewhere.
    private static TaskCompletionSource<T> Waiting<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static void End<T>(ref TaskCompletionSource<T>? waiting, T result)
    {
        waiting?.SetResult(result);
        waiting = null;
    }
}
