using Confluent.Kafka;
using Payments.Broker.Groups;
using Payments.Broker.Protocol;

namespace Payments.Broker.Apis;

/// <summary>How far groups have come.</summary>
internal sealed class OffsetApis(GroupCoordinator groups)
{
    public PendingAnswer? Commit(Request request, WireWriter answer)
    {
        var version = request.Version;
        var reader = request.Reader;
        var group = groups[reader.Text()];
        var generation = reader.Int32();
        var memberId = reader.Text();
        if (version >= 7)
            reader.NullableText(); // A static member's own id: it is treated as any other.
        if (version <= 4)
            reader.Int64(); // How long to keep them: as long as the broker lives.

        var offsets = ReadOffsets(version, ref reader);
        var error = group.Commit(memberId, generation, offsets);

        if (version >= 3)
            answer.Int32(0); // Throttle time.
        WritePerTopic(offsets.ConvertAll(offset => offset.Of), answer, of =>
        {
            answer.Int32(of.Partition);
            answer.Error(error);
        });
        return null;
    }

    public PendingAnswer? Fetch(Request request, WireWriter answer)
    {
        var version = request.Version;
        var reader = request.Reader;
        var group = groups[reader.Text()];
        var wanted = ReadPartitions(ref reader) ?? group.CommittedPartitions();

        if (version >= 3)
            answer.Int32(0);
        WritePerTopic(wanted, answer, of =>
        {
            var committed = group.Committed(of.Topic, of.Partition);
            answer.Int32(of.Partition);
            answer.Int64(committed?.Offset ?? -1);
            if (version >= 5)
                answer.Int32(committed?.LeaderEpoch ?? -1);
            answer.NullableText(committed?.Metadata ?? "");
            answer.Error(ErrorCode.NoError);
        });
        if (version >= 2)
            answer.Error(ErrorCode.NoError);
        return null;
    }

    private static List<((string Topic, int Partition) Of, CommittedOffset Offset)> ReadOffsets(short version, ref WireReader reader)
    {
        var offsets = new List<((string, int), CommittedOffset)>();
        for (var topics = reader.Count(); topics > 0; topics--)
        {
            var topic = reader.Text();
            for (var partitions = reader.Count(); partitions > 0; partitions--)
            {
                var partition = reader.Int32();
                var offset = reader.Int64();
                var epoch = version >= 6 ? reader.Int32() : -1;
                offsets.Add(((topic, partition), new(offset, epoch, reader.NullableText())));
            }
        }

        return offsets;
    }

    /// <summary>Nothing if all are meant.</summary>
    private static List<(string Topic, int Partition)>? ReadPartitions(ref WireReader reader)
    {
        var topics = reader.Count();
        if (topics < 0)
            return null;

        var partitions = new List<(string, int)>();
        for (; topics > 0; topics--)
        {
            var topic = reader.Text();
            for (var left = reader.Count(); left > 0; left--)
                partitions.Add((topic, reader.Int32()));
        }

        return partitions;
    }

    private static void WritePerTopic(
        IEnumerable<(string Topic, int Partition)> partitions, WireWriter answer, Action<(string Topic, int Partition)> writePartition)
    {
        var topics = partitions.GroupBy(of => of.Topic).ToList();
        answer.Int32(topics.Count);
        foreach (var topic in topics)
        {
            answer.Text(topic.Key);
            answer.Int32(topic.Count());
            foreach (var of in topic)
                writePartition(of);
        }
    }
}
