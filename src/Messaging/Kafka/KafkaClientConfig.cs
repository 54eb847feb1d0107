using Confluent.Kafka;

namespace Payments.Messaging.Kafka;

/// <summary>The settings of every Kafka client here. Each line is either a promise about messages or a measured figure.</summary>
/// <remarks>Checked against librdkafka 2.15.1, by its CONFIGURATION.md.</remarks>
public static class KafkaClientConfig
{
    /// <summary>How long a full prefetch queue is left alone. librdkafka's second would be seen as a pause in the flow.</summary>
    private const int FullQueueBackoffMs = 5;

    /// <summary>Nor is a broker that comes back left alone for librdkafka's ten seconds.</summary>
    private const int ReconnectBackoffMaxMs = 1_000;

    /// <summary>
    /// Members learn by their heartbeats that another has come or gone, so this is what a change of the group takes. In this process
    /// nothing speaks against many.
    /// </summary>
    private const int EmbeddedHeartbeatMs = 200;

    /// <summary>A few of a consumer's reports, one every half second.</summary>
    private const int HintTimeoutMs = 3_000;

    /// <summary>More than is said in <see cref="HintFetchWaitMs"/>.</summary>
    private const int HintFetchBytesMin = 64 * 1024;

    private const int HintFetchWaitMs = 200;

    /// <summary>So many may get lost before a member counts as silent.</summary>
    private const int HeartbeatsPerSession = 4;

    /// <summary>A producer that writes every message once, in the order given, or stops.</summary>
    public static ProducerConfig Producer(KafkaOptions options, string clientId) => new(Client(options, clientId))
    {
        Acks = Acks.All,
        EnableIdempotence = true,

        // Infinite. A message that timed out would be skipped, and the ones behind it would overtake it: consumers, whose watermarks have
        // then passed it, would drop it as a duplicate when it is sent again. An unreachable broker shows as lag, not as loss.
        MessageTimeoutMs = 0,

        // The same for what a broker refuses for good: stop the producer (a fatal error) instead of going on behind a gap.
        EnableGaplessGuarantee = true,
        LingerMs = options.LingerMs,

        // Built into every librdkafka. On the embedded broker it is no waste either: it keeps the last megabytes of a partition, as sent.
        CompressionType = CompressionType.Lz4,

        // A topic that nobody declared would be made with partitions that nobody chose.
        AllowAutoCreateTopics = false,

        // Reports carry topic, partition, offset, status and error; what was sent is known here already.
        DeliveryReportFields = "status",
    };

    /// <summary>A producer of hints, each of which replaces the one before: none is worth waiting for.</summary>
    public static ProducerConfig HintProducer(KafkaOptions options, string clientId) => new(Client(options, clientId))
    {
        Acks = Acks.Leader,
        MessageTimeoutMs = HintTimeoutMs,
        LingerMs = options.LingerMs,
        CompressionType = CompressionType.Lz4,
        AllowAutoCreateTopics = false,
        DeliveryReportFields = "status",
    };

    /// <summary>
    /// A member of a consumer group that reads what is committed, from the first message on, and says itself how far it has come.
    /// </summary>
    /// <remarks>
    /// Cooperative-sticky assignment: when a member comes or goes, only the partitions that change hands pause; the others flow on.
    /// With eager assignment (range, librdkafka's default) every deployment would stop every partition. Handlers get the partitions
    /// added or taken, not the whole assignment. The two kinds cannot be mixed within a group.
    /// </remarks>
    public static ConsumerConfig Consumer(KafkaOptions options, string group, string clientId) => new(Client(options, clientId))
    {
        GroupId = options.TopicPrefix + group,
        PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky,
        SessionTimeoutMs = options.SessionTimeoutMs,
        HeartbeatIntervalMs = options.Embedded ? EmbeddedHeartbeatMs : options.SessionTimeoutMs / HeartbeatsPerSession,

        // Offsets are only a place to start from; the truth is the watermark in the database. So they are committed after it, by hand,
        // and a group without any starts at the earliest message and drops what its watermarks say it has.
        EnableAutoCommit = false,
        EnableAutoOffsetStore = false,
        AutoOffsetReset = AutoOffsetReset.Earliest,
        IsolationLevel = IsolationLevel.ReadCommitted,

        AllowAutoCreateTopics = false,
        QueuedMaxMessagesKbytes = options.PrefetchKbMax,
        FetchQueueBackoffMs = FullQueueBackoffMs,
    };

    /// <summary>
    /// A reader of hints. Each message would wake every reader of their topic; one that waits takes them a few at a time, and a hint is as
    /// good a fifth of a second later.
    /// </summary>
    public static ConsumerConfig HintConsumer(KafkaOptions options, string group, string clientId) =>
        new(Consumer(options, group, clientId))
        {
            FetchMinBytes = HintFetchBytesMin,
            FetchWaitMaxMs = HintFetchWaitMs,
        };

    /// <summary>For the admin client, and what all clients share.</summary>
    public static ClientConfig Client(KafkaOptions options, string clientId)
    {
        if (options.Problems() is { Count: > 0 } problems)
            throw new ArgumentException("Kafka options: " + string.Join(' ', problems), nameof(options));

        return new ClientConfig(options.ClientProperties.ToDictionary())
        {
            BootstrapServers = options.BootstrapServers,
            ClientId = options.TopicPrefix + clientId,
            ReconnectBackoffMaxMs = ReconnectBackoffMaxMs,
        };
    }
}
