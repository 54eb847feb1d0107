using Confluent.Kafka;
using Payments.Broker.Log;
using Payments.Broker.Protocol;

namespace Payments.Broker.Apis;

/// <summary>The answer to a fetch, written from what the logs hold at that moment.</summary>
/// <param name="bytesMax">Of all partitions together; the first batch comes in any case.</param>
/// <param name="session">None are kept: a client that is given 0 says all that it wants every time.</param>
internal sealed class Fetched(short version, int bytesMax, int session, FetchApi.Topic[] topics)
{
    /// <summary>Of batches, as of the last time it was written.</summary>
    public int Bytes { get; private set; }

    public bool HasErrors { get; private set; }

    /// <summary>Where each partition ended then.</summary>
    public List<(PartitionLog Log, long End)> Ends { get; } = [];

    public void Write(WireWriter answer)
    {
        (Bytes, HasErrors) = (0, session != 0);
        Ends.Clear();
        answer.Int32(0); // Throttle time.
        if (version >= 7)
        {
            answer.Error(session == 0 ? ErrorCode.NoError : ErrorCode.FetchSessionIdNotFound);
            answer.Int32(0);
        }

        if (session != 0)
        {
            answer.Int32(0);
            return;
        }

        answer.Int32(topics.Length);
        foreach (var topic in topics)
        {
            answer.TextUtf8(topic.TopicUtf8);
            answer.Int32(topic.Partitions.Length);
            foreach (var partition in topic.Partitions)
                Write(partition, answer);
        }
    }

    private void Write(FetchApi.Partition partition, WireWriter answer)
    {
        answer.Int32(partition.Number);
        var head = answer.Length;
        WriteHead(default, answer); // Written again below, when it is known.
        var result = partition.Log is { } log
            ? log.Read(partition.Offset, Math.Min(partition.BytesMax, bytesMax - Bytes), firstAnyway: Bytes == 0, answer)
            : new(ErrorCode.UnknownTopicOrPart, 0, -1, -1);

        var end = answer.Length;
        answer.Length = head;
        WriteHead(result, answer);
        answer.Length = end;
        if (partition.Log is { } read)
            Ends.Add((read, result.LogEnd));
        Bytes += result.Bytes;
        HasErrors |= result.Error != ErrorCode.NoError;
    }

    private void WriteHead(ReadResult result, WireWriter answer)
    {
        answer.Error(result.Error);
        answer.Int64(result.LogEnd); // High watermark.
        answer.Int64(result.LogEnd); // Last stable offset.
        if (version >= 5)
            answer.Int64(result.LogStart);
        answer.Int32(0); // Aborted transactions.
        if (version >= 11)
            answer.Int32(-1); // No replica to be preferred.
        answer.Int32(result.Bytes);
    }
}
