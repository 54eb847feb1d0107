using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;
using Payments.Messaging.Kafka;

namespace Payments.Messaging.Topics;

/// <summary>Creates the topics that the broker lacks, and refuses one that would lose messages.</summary>
public sealed partial class TopicCreator(KafkaClientFactory clients, ILogger<TopicCreator> logger) : IDisposable
{
    /// <summary>Keeps its connection from one look to the next.</summary>
    private readonly Lazy<IAdminClient> _admin = new(() => clients.CreateAdminClient("topic-creator"));

    /// <summary>Returns when all topics are there. Several hosts may do this at once.</summary>
    /// <param name="answerWithin">How long the broker may take; unless given, as long as at the start.</param>
    /// <returns>Those that this call has created.</returns>
    /// <exception cref="KafkaException">The broker did not answer in time.</exception>
    /// <exception cref="TopicRefusedException">The broker does not create a topic as it is declared.</exception>
    /// <exception cref="TopicMismatchException">A topic has fewer partitions than are declared.</exception>
    public async Task<IReadOnlyList<Topic>> CreateMissingAsync(IReadOnlyCollection<Topic> topics, TimeSpan? answerWithin = null)
    {
        var timeout = answerWithin ?? TimeSpan.FromMilliseconds(clients.Options.StartTimeoutMs);

        // A call that blocks, and has no other form: off the caller's thread.
        var found = await Task.Run(() => _admin.Value.GetMetadata(timeout));
        var partitions = found.Topics
            .Where(topic => topic.Error.Code is not ErrorCode.UnknownTopicOrPart)
            .ToDictionary(topic => topic.Topic, topic => topic.Partitions.Count);
        Check(topics, partitions);

        var missing = topics.Where(topic => !partitions.ContainsKey(clients.Names.OnBroker(topic.Name))).ToList();
        if (missing.Count == 0)
            return [];

        var refused = new List<string>();
        try
        {
            var specifications = missing.Select(topic => Specification(topic, clients.Options));
            await _admin.Value.CreateTopicsAsync(specifications, new() { OperationTimeout = timeout, RequestTimeout = timeout });
        }
        catch (CreateTopicsException refusal) when (refusal.Results.TrueForAll(IsThere))
        {
            // Another host created them at the same moment: that is as good, and it has said so.
            refused.AddRange(refusal.Results.Where(report => report.Error.IsError).Select(report => report.Topic));
        }
        catch (CreateTopicsException refusal)
        {
            throw new TopicRefusedException(refusal.Results.First(report => !IsThere(report)), clients.Options, found.Brokers.Count);
        }

        var created = missing.Where(topic => !refused.Contains(clients.Names.OnBroker(topic.Name))).ToList();
        foreach (var topic in created)
            LogCreated(logger, clients.Names.OnBroker(topic.Name), topic.Partitions, ReplicasOf(clients.Options));
        return created;
    }

    public void Dispose()
    {
        if (_admin.IsValueCreated)
        {
            _admin.Value.Dispose();
        }
    }

    /// <summary>A topic in the words of Kafka's admin API.</summary>
    internal static TopicSpecification Specification(Topic topic, KafkaOptions options) => new()
    {
        Name = new BrokerNames(options.TopicPrefix).OnBroker(topic.Name),
        NumPartitions = topic.Partitions,
        ReplicationFactor = ReplicasOf(options),
        Configs = new()
        {
            ["cleanup.policy"] = topic.Cleanup is CleanupPolicy.CompactAndDelete ? "compact,delete" : "delete",
            ["retention.ms"] = ((long)topic.Retention.TotalMilliseconds).ToString(),
            ["min.insync.replicas"] = options.MinInSyncReplicas.ToString(),
        },
    };

    private static short ReplicasOf(KafkaOptions options) => options.Embedded ? (short)1 : options.ReplicationFactor;

    private static bool IsThere(CreateTopicReport report) => report.Error.Code is ErrorCode.NoError or ErrorCode.TopicAlreadyExists;

    private void Check(IEnumerable<Topic> declared, Dictionary<string, int> partitions)
    {
        foreach (var topic in declared)
        {
            if (!partitions.TryGetValue(clients.Names.OnBroker(topic.Name), out var actual) || actual == topic.Partitions)
                continue;
            if (actual < topic.Partitions)
                throw new TopicMismatchException(topic, actual);

            // Harmless: we choose partitions by the declared count, so the others stay empty.
            LogMorePartitions(logger, topic.Name, actual, topic.Partitions);
        }
    }

    [LoggerMessage(EventId = 110, Level = LogLevel.Information, Message = "Created topic {Topic}: {Partitions} partitions × {Replicas}")]
    private static partial void LogCreated(ILogger logger, string topic, int partitions, short replicas);

    [LoggerMessage(EventId = 111, Level = LogLevel.Warning, Message = "Topic {Topic} has {Actual} partitions and uses {Declared}")]
    private static partial void LogMorePartitions(ILogger logger, string topic, int actual, int declared);
}

/// <summary>A topic on the broker has fewer partitions than are declared: messages for the others could never be sent.</summary>
public sealed class TopicMismatchException(Topic topic, int actual)
    : Exception($"Topic {topic.Name} has {actual} partitions, not {topic.Partitions}. Add them while it is empty, or declare a new one.");

/// <summary>The broker does not create a topic as it is declared. Its message names the setting that can be changed.</summary>
public sealed class TopicRefusedException(CreateTopicReport report, KafkaOptions options, int brokers)
    : Exception($"The broker does not create topic {report.Topic}: {report.Error.Reason.TrimEnd('.')}. {Remedy(report, options, brokers)}")
{
    private static string Remedy(CreateTopicReport report, KafkaOptions options, int brokers) => report.Error.Code switch
    {
        ErrorCode.InvalidReplicationFactor =>
            $"Kafka:ReplicationFactor is {options.ReplicationFactor}, and the cluster has {brokers} broker{(brokers == 1 ? "" : "s")} now: "
            + $"set Kafka:ReplicationFactor to at most {brokers}, and Kafka:MinInSyncReplicas to no more than that.",
        ErrorCode.TopicAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed =>
            "Allow this host's principal to create topics, or create them beforehand.",
        _ => "See the broker's log.",
    };
}
