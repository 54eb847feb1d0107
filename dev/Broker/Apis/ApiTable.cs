using Payments.Broker.Groups;
using Payments.Broker.Log;
using Payments.Broker.Protocol;

namespace Payments.Broker.Apis;

/// <summary>Every request that is answered, and the versions of it.</summary>
/// <remarks>
/// The newest versions are the last before the flexible ones: they say all that is needed here, in one simple form. The oldest are those
/// that Kafka 4 still speaks, so today's clients of every kind find one.
/// </remarks>
internal static class ApiTable
{
    public static IReadOnlyList<Api> For(BrokerNode node, TopicTable topics, GroupCoordinator groups, WriteFaults faults)
    {
        var cluster = new ClusterApis(node, topics, groups);
        var membership = new MembershipApis(groups);
        var offsets = new OffsetApis(groups);
        return
        [
            new(ApiKey.Produce, 3, 7, new ProduceApi(topics, faults, node.Clock).Produce),
            new(ApiKey.Fetch, 4, 11, new FetchApi(topics, node.Clock).Fetch),
            new(ApiKey.ListOffsets, 1, 5, new ListOffsetsApi(topics).ListOffsets),
            new(ApiKey.Metadata, 0, 8, cluster.Metadata),
            new(ApiKey.OffsetCommit, 2, 7, offsets.Commit),
            new(ApiKey.OffsetFetch, 1, 5, offsets.Fetch),
            new(ApiKey.FindCoordinator, 0, 2, cluster.FindCoordinator),
            new(ApiKey.JoinGroup, 2, 5, membership.Join),
            new(ApiKey.Heartbeat, 0, 3, membership.Heartbeat),
            new(ApiKey.LeaveGroup, 0, 3, membership.Leave),
            new(ApiKey.SyncGroup, 0, 3, membership.Sync),
            new(ApiKey.CreateTopics, 2, 4, cluster.CreateTopics),
            new(ApiKey.DeleteTopics, 1, 3, cluster.DeleteTopics),
            new(ApiKey.InitProducerId, 0, 1, cluster.InitProducerId),
        ];
    }
}
