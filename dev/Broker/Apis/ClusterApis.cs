using Confluent.Kafka;
using Payments.Broker.Groups;
using Payments.Broker.Log;
using Payments.Broker.Protocol;

namespace Payments.Broker.Apis;

/// <summary>Which brokers, topics and coordinators there are, and what can be added to them.</summary>
internal sealed class ClusterApis(BrokerNode node, TopicTable topics, GroupCoordinator groups)
{
    private const int PartitionsMax = 1_000;
    private const sbyte CoordinatorOfGroups = 0;
    private const string NoTransactions = "The embedded broker knows no transactions.";

    /// <summary>Authorised operations: not asked for, or not said.</summary>
    private const int OperationsUnknown = int.MinValue;

    private long _lastProducerId;

    public PendingAnswer? Metadata(Request request, WireWriter answer)
    {
        var version = request.Version;
        var reader = request.Reader;
        var count = reader.Count();
        var wanted = new List<string>();
        for (var i = 0; i < count; i++)
            wanted.Add(reader.Text());
        var all = version == 0 ? count == 0 : count < 0;

        if (version >= 3)
            answer.Int32(0); // Throttle time.
        WriteBrokers(version, answer);
        var found = all
            ? [.. topics.All.Select(topic => (topic.Name, Logs: (TopicLogs?)topic))]
            : wanted.ConvertAll(name => (Name: name, Logs: topics.Find(name)));
        answer.Int32(found.Count);
        foreach (var (name, logs) in found)
            WriteTopic(version, name, logs, answer);
        if (version >= 8)
            answer.Int32(OperationsUnknown);
        return null;
    }

    public PendingAnswer? FindCoordinator(Request request, WireWriter answer)
    {
        var reader = request.Reader;
        reader.Text(); // Whose: this broker coordinates all.
        var isGroup = request.Version == 0 || reader.UInt8() == CoordinatorOfGroups;

        if (request.Version >= 1)
            answer.Int32(0);
        answer.Error(isGroup ? ErrorCode.NoError : ErrorCode.TransactionalIdAuthorizationFailed);
        if (request.Version >= 1)
            answer.NullableText(isGroup ? null : NoTransactions);
        answer.Int32(isGroup ? BrokerNode.Id : -1);
        answer.Text(isGroup ? node.Host : "");
        answer.Int32(isGroup ? node.Port : -1);
        return null;
    }

    public PendingAnswer? InitProducerId(Request request, WireWriter answer)
    {
        var isTransactional = request.Reader.NullableText() is not null;
        answer.Int32(0);
        answer.Error(isTransactional ? ErrorCode.TransactionalIdAuthorizationFailed : ErrorCode.NoError);
        answer.Int64(isTransactional ? -1 : Interlocked.Increment(ref _lastProducerId));
        answer.Int16((short)(isTransactional ? -1 : 0));
        return null;
    }

    public PendingAnswer? CreateTopics(Request request, WireWriter answer)
    {
        var reader = request.Reader;
        var wanted = new List<(string Name, int Partitions, short Replicas, bool IsAssigned)>();
        for (var left = reader.Count(); left > 0; left--)
        {
            var (name, partitions, replicas) = (reader.Text(), reader.Int32(), reader.Int16());
            var isAssigned = SkipAssignments(ref reader);
            SkipConfiguration(ref reader); // Retention and the like have no meaning here.
            wanted.Add((name, partitions, replicas, isAssigned));
        }

        reader.Int32(); // Timeout: it takes none.
        var onlyChecks = reader.Boolean();

        answer.Int32(0);
        answer.Int32(wanted.Count);
        foreach (var (name, partitions, replicas, isAssigned) in wanted)
        {
            var (error, message) = Create(name, partitions == -1 ? 1 : partitions, replicas, isAssigned, onlyChecks);
            answer.Text(name);
            answer.Error(error);
            answer.NullableText(message);
        }

        return null;
    }

    /// <summary>What groups have committed of a topic goes with it, as on a real broker.</summary>
    public PendingAnswer? DeleteTopics(Request request, WireWriter answer)
    {
        var reader = request.Reader;
        var count = Math.Max(0, reader.Count());
        answer.Int32(0);
        answer.Int32(count);
        for (var i = 0; i < count; i++)
        {
            var name = reader.Text();
            var isGone = topics.Remove(name);
            groups.Forget(name);
            answer.Text(name);
            answer.Error(isGone ? ErrorCode.NoError : ErrorCode.UnknownTopicOrPart);
        }

        return null;
    }

    private (ErrorCode Error, string? Message) Create(string name, int partitions, short replicas, bool isAssigned, bool onlyChecks)
    {
        if (!TopicTable.IsName(name))
            return (ErrorCode.TopicException, "Not a name that a topic can have.");
        if (isAssigned)
            return (ErrorCode.InvalidReplicaAssignment, "There is one broker: nothing can be assigned.");
        if (partitions is < 1 or > PartitionsMax)
            return (ErrorCode.InvalidPartitions, $"A topic has from 1 to {PartitionsMax} partitions.");
        if (replicas is not (1 or -1))
            return (ErrorCode.InvalidReplicationFactor, "There is one broker: a topic has one replica.");

        var isNew = onlyChecks ? topics.Find(name) is null : topics.TryAdd(name, partitions);
        return isNew ? (ErrorCode.NoError, null) : (ErrorCode.TopicAlreadyExists, $"Topic '{name}' already exists.");
    }

    private static bool SkipAssignments(ref WireReader reader)
    {
        var count = reader.Count();
        for (var left = count; left > 0; left--)
        {
            reader.Int32();
            for (var replicas = reader.Count(); replicas > 0; replicas--)
                reader.Int32();
        }

        return count > 0;
    }

    private static void SkipConfiguration(ref WireReader reader)
    {
        for (var left = reader.Count(); left > 0; left--)
        {
            reader.Text();
            reader.NullableText();
        }
    }

    private void WriteBrokers(short version, WireWriter answer)
    {
        answer.Int32(1);
        answer.Int32(BrokerNode.Id);
        answer.Text(node.Host);
        answer.Int32(node.Port);
        if (version >= 1)
            answer.NullableText(null); // Rack.
        if (version >= 2)
            answer.NullableText(node.ClusterId);
        if (version >= 1)
            answer.Int32(BrokerNode.Id); // The controller.
    }

    private static void WriteTopic(short version, string name, TopicLogs? logs, WireWriter answer)
    {
        answer.Error(logs is null ? ErrorCode.UnknownTopicOrPart : ErrorCode.NoError);
        answer.Text(name);
        if (version >= 1)
            answer.Boolean(false); // Internal to Kafka.
        answer.Int32(logs?.Count ?? 0);
        for (var partition = 0; partition < logs?.Count; partition++)
        {
            answer.Error(ErrorCode.NoError);
            answer.Int32(partition);
            answer.Int32(BrokerNode.Id);
            if (version >= 7)
                answer.Int32(PartitionLog.LeaderEpoch);
            WriteNodes(answer, BrokerNode.Id); // Replicas.
            WriteNodes(answer, BrokerNode.Id); // In sync.
            if (version >= 5)
                WriteNodes(answer); // Offline.
        }

        if (version >= 8)
            answer.Int32(OperationsUnknown);
    }

    private static void WriteNodes(WireWriter answer, params ReadOnlySpan<int> nodes)
    {
        answer.Int32(nodes.Length);
        foreach (var id in nodes)
            answer.Int32(id);
    }
}
