using Confluent.Kafka;

namespace Payments.Broker.Groups;

/// <summary>A way to share partitions out that a member knows, and what the member says about itself in it.</summary>
internal sealed record Protocol(string Name, byte[] Metadata);

/// <summary>A member comes, or comes again.</summary>
/// <param name="MemberId">Empty for one that has none yet.</param>
/// <param name="TakesIdFirst">Such a one is only given an id, and comes again with it: so no answer that is lost leaves a ghost.</param>
/// <param name="SessionTimeout">How long the member may be silent.</param>
/// <param name="RebalanceTimeout">How long the others wait for it when partitions are shared out anew.</param>
internal sealed record JoinRequest(
    string MemberId,
    bool TakesIdFirst,
    string ClientId,
    TimeSpan SessionTimeout,
    TimeSpan RebalanceTimeout,
    string ProtocolType,
    IReadOnlyList<Protocol> Protocols);

/// <param name="Members">All of them with their metadata for the leader, who shares out; nobody for the others.</param>
internal sealed record JoinResult(
    ErrorCode Error,
    string MemberId,
    int Generation = -1,
    string ProtocolName = "",
    string Leader = "",
    IReadOnlyList<(string MemberId, byte[] Metadata)>? Members = null)
{
    public IReadOnlyList<(string MemberId, byte[] Metadata)> Members { get; } = Members ?? [];
}

/// <param name="Assignment">What the leader has given to the member.</param>
internal sealed record SyncResult(ErrorCode Error, byte[] Assignment)
{
    public SyncResult(ErrorCode error)
        : this(error, [])
    {
    }
}

/// <param name="Metadata">A note of the committer's own.</param>
internal sealed record CommittedOffset(long Offset, int LeaderEpoch, string? Metadata);
