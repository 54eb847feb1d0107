using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;

namespace Payments.Messaging;

/// <summary>At start, creates the topics that the broker lacks, and refuses to start on one that would lose messages.</summary>
public sealed partial class TopicCreator(KafkaClientFactory clients, ILogger<TopicCreator> logger)
{
    /// <summary>Returns when all topics are there. Several hosts may do this at once.</summary>
    /// <remarks>Does nothing on the embedded broker: it has no admin API, and was started with its topics.</remarks>
    /// <exception cref="KafkaException">The broker did not answer in time, or refused; the start fails and is tried again from
    /// outside.</exception>
    /// <exception cref="TopicMismatchException">A topic has fewer partitions than are declared.</exception>
    public async Task CreateMissingAsync(IReadOnlyCollection<Topic> topics)
    {
        if (clients.Options.Embedded)
            return;

        var timeout = TimeSpan.FromMilliseconds(clients.Options.StartTimeoutMs);
        using var admin = clients.CreateAdminClient("topic-creator");

        // A call that blocks, and has no other form: off the caller's thread.
        var found = await Task.Run(() => admin.GetMetadata(timeout));
        var partitions = found.Topics.ToDictionary(topic => topic.Topic, topic => topic.Partitions.Count);
        Check(topics, partitions);

        var missing = topics.Where(topic => !partitions.ContainsKey(topic.Name)).ToList();
        if (missing.Count == 0)
            return;

        try
        {
            var specifications = missing.Select(topic => Specification(topic, clients.Options));
            await admin.CreateTopicsAsync(specifications, new() { OperationTimeout = timeout, RequestTimeout = timeout });
        }
        catch (CreateTopicsException refusal) when (refusal.Results.TrueForAll(IsThere))
        {
            // Another host created them at the same moment: that is as good.
        }

        foreach (var topic in missing)
            LogCreated(logger, topic.Name, topic.Partitions, clients.Options.ReplicationFactor);
    }

    /// <summary>A topic in the words of Kafka's admin API.</summary>
    internal static TopicSpecification Specification(Topic topic, KafkaOptions options) => new()
    {
        Name = topic.Name,
        NumPartitions = topic.Partitions,
        ReplicationFactor = options.ReplicationFactor,
        Configs = new()
        {
            ["cleanup.policy"] = topic.Cleanup is CleanupPolicy.CompactAndDelete ? "compact,delete" : "delete",
            ["retention.ms"] = ((long)topic.Retention.TotalMilliseconds).ToString(),
            ["min.insync.replicas"] = options.MinInSyncReplicas.ToString(),
        },
    };

    private static bool IsThere(CreateTopicReport report) => report.Error.Code is ErrorCode.NoError or ErrorCode.TopicAlreadyExists;

    private void Check(IEnumerable<Topic> declared, Dictionary<string, int> partitions)
    {
        foreach (var topic in declared)
        {
            if (!partitions.TryGetValue(topic.Name, out var actual) || actual == topic.Partitions)
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
