namespace Payments.Broker.Protocol;

/// <summary>Kafka's numbers of the requests that the embedded broker knows.</summary>
/// <seealso href="https://kafka.apache.org/protocol#protocol_api_keys"/>
internal enum ApiKey : short
{
    Produce = 0,
    Fetch = 1,
    ListOffsets = 2,
    Metadata = 3,
    OffsetCommit = 8,
    OffsetFetch = 9,
    FindCoordinator = 10,
    JoinGroup = 11,
    Heartbeat = 12,
    LeaveGroup = 13,
    SyncGroup = 14,
    ApiVersions = 18,
    CreateTopics = 19,
    DeleteTopics = 20,
    InitProducerId = 22,
}
