using Confluent.Kafka;
using Payments.Broker.Log;
using Payments.Broker.Protocol;

namespace Payments.Broker.Apis;

/// <summary>Where partitions begin and end, and where a time is in them.</summary>
internal sealed class ListOffsetsApi(TopicTable topics)
{
    /// <summary>Instead of a time: the end.</summary>
    private const long Latest = -1;

    /// <summary>Instead of a time: the beginning.</summary>
    private const long Earliest = -2;

    public PendingAnswer? ListOffsets(Request request, WireWriter answer)
    {
        var version = request.Version;
        var reader = request.Reader;
        reader.Int32(); // The replica that asks: a client.
        if (version >= 2)
        {
            reader.UInt8(); // Isolation: without transactions all is committed.
            answer.Int32(0); // Throttle time.
        }

        var topicsCount = Math.Max(0, reader.Count());
        answer.Int32(topicsCount);
        for (var i = 0; i < topicsCount; i++)
        {
            var name = reader.TextUtf8();
            var topic = topics.Find(name);
            var partitionsCount = Math.Max(0, reader.Count());
            answer.TextUtf8(name);
            answer.Int32(partitionsCount);
            for (var j = 0; j < partitionsCount; j++)
            {
                var partition = reader.Int32();
                if (version >= 4)
                    reader.Int32(); // The leader's epoch: it never changes.
                var time = reader.Int64();
                var found = topic?[partition] is { } log ? Find(log, time) : (ErrorCode.UnknownTopicOrPart, -1, -1);

                answer.Int32(partition);
                answer.Error(found.Error);
                answer.Int64(found.TimestampMs);
                answer.Int64(found.Offset);
                if (version >= 4)
                    answer.Int32(PartitionLog.LeaderEpoch);
            }
        }

        return null;
    }

    private static (ErrorCode Error, long TimestampMs, long Offset) Find(PartitionLog log, long time) => time switch
    {
        Latest => (ErrorCode.NoError, -1, log.Bounds.End),
        Earliest => (ErrorCode.NoError, -1, log.Bounds.Start),
        < 0 => (ErrorCode.UnsupportedVersion, -1, -1),
        _ when log.OffsetAt(time) is { } found => (ErrorCode.NoError, found.TimestampMs, found.Offset),
        _ => (ErrorCode.NoError, -1, -1), // Nothing is as late as that.
    };
}
