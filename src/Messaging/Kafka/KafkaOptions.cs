namespace Payments.Messaging.Kafka;

/// <summary>
/// How to reach the broker, and the few limits that a deployment may want to set. What makes messages safe is not among them.
/// </summary>
public sealed record KafkaOptions
{
    /// <summary>What <see cref="ClientProperties"/> may set: how to get in, never how messages are written or read.</summary>
    private static readonly string[] ClientPropertyPrefixes =
        ["security.", "sasl.", "ssl.", "enable.ssl.", "client.rack", "broker.address.", "socket.keepalive.", "debug"];

    private const int TopicPrefixCharsMax = 100;

    /// <summary>Comma-separated <c>host:port</c>; <c>ConnectionStrings:kafka</c>.</summary>
    public required string BootstrapServers { get; init; }

    /// <summary>What the embedded broker of development keeps of a partition, in bytes.</summary>
    public const int EmbeddedRetainedBytes = 16 * 1024 * 1024;

    /// <summary>The broker is the embedded one of development: it has one replica of everything, and forgets with its process.</summary>
    public bool Embedded { get; init; }

    /// <summary>Properties of librdkafka that say how to get in: <c>security.protocol</c>, <c>sasl.*</c>, <c>ssl.*</c> …</summary>
    public IReadOnlyDictionary<string, string> ClientProperties { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Begins the name of every topic, consumer group and client on the broker, so that two installations can share a cluster. Names in the
    /// databases, logs and metrics are without it.
    /// </summary>
    public string TopicPrefix { get; init; } = "";

    /// <summary>How long the producer waits for more messages to put into one batch: throughput for latency.</summary>
    public double LingerMs { get; init; } = 1;

    /// <summary>How long a silent member keeps its partitions. Heartbeats have their own thread: a slow handler is not silent.</summary>
    public int SessionTimeoutMs { get; init; } = 10_000;

    /// <summary>The most that a consumer fetches ahead of its handler, all partitions together.</summary>
    public int PrefetchKbMax { get; init; } = 16 * 1024;

    /// <summary>
    /// Copies of every partition, where topics are created. A cluster with fewer brokers refuses that, and the host does not start. The
    /// embedded broker always has one.
    /// </summary>
    public short ReplicationFactor { get; init; } = 3;

    /// <summary>Copies that must be written before a message counts as sent. Redpanda ignores it and always asks for a majority.</summary>
    public int MinInSyncReplicas { get; init; } = 2;

    /// <summary>How long the start waits for the broker before it fails.</summary>
    public int StartTimeoutMs { get; init; } = 30_000;

    /// <summary>All that is wrong with these options, one sentence each; empty when they are good.</summary>
    public IReadOnlyList<string> Problems() =>
    [
        .. Unless(!string.IsNullOrWhiteSpace(BootstrapServers), "BootstrapServers is empty."),
        .. Unless(
            TopicPrefix.Length <= TopicPrefixCharsMax && TopicPrefix.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-'),
            $"TopicPrefix must be at most {TopicPrefixCharsMax} letters, digits, dots, underscores and hyphens."),
        .. Unless(LingerMs is >= 0 and <= 1_000, "LingerMs must be from 0 to 1000."),
        .. Unless(SessionTimeoutMs is >= 6_000 and <= 300_000, "SessionTimeoutMs must be from 6000 to 300000: what brokers allow."),
        .. Unless(PrefetchKbMax is >= 1_024 and <= 1_048_576, "PrefetchKbMax must be from 1024 to 1048576."),
        .. Unless(ReplicationFactor is >= 1 and <= 9, "ReplicationFactor must be from 1 to 9."),
        .. Unless(
            MinInSyncReplicas >= 1 && MinInSyncReplicas <= ReplicationFactor,
            "MinInSyncReplicas must be from 1 to ReplicationFactor: with more, no message could ever be sent."),
        .. Unless(StartTimeoutMs is >= 100 and <= 600_000, "StartTimeoutMs must be from 100 to 600000."),
        .. ClientProperties.Keys.Where(name => !IsClientProperty(name)).Select(name => $"ClientProperties cannot set '{name}'."),
    ];

    private static bool IsClientProperty(string name) =>
        ClientPropertyPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal));

    private static IEnumerable<string> Unless(bool good, string problem) => good ? [] : [problem];
}
