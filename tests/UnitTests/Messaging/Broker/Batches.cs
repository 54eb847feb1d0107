using System.Buffers.Binary;
using Confluent.Kafka;
using Payments.Broker.Log;
using Payments.Broker.Protocol;

namespace UnitTests.Messaging.Broker;

/// <summary>Batches as a producer sends them, and as they are read back.</summary>
internal static class Batches
{
    public const int HeaderBytes = 61;

    private const int LengthAt = 8;
    private const int MagicAt = 16;
    private const int AttributesAt = 21;
    private const int LastOffsetDeltaAt = 23;
    private const int MaxTimestampAt = 35;
    private const int ProducerIdAt = 43;
    private const int ProducerEpochAt = 51;
    private const int BaseSequenceAt = 53;
    private const int CountAt = 57;

    public static byte[] Batch(
        int count = 1,
        int bodyBytes = 10,
        byte body = 0,
        long producer = -1,
        short epoch = 0,
        int sequence = 0,
        long timestampMs = 0,
        short attributes = 0)
    {
        var bytes = new byte[HeaderBytes + bodyBytes];
        bytes.AsSpan(HeaderBytes).Fill(body);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(LengthAt), bytes.Length - LengthAt - sizeof(int));
        bytes[MagicAt] = 2;
        BinaryPrimitives.WriteInt16BigEndian(bytes.AsSpan(AttributesAt), attributes);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(LastOffsetDeltaAt), count - 1);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(MaxTimestampAt), timestampMs);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(ProducerIdAt), producer);
        BinaryPrimitives.WriteInt16BigEndian(bytes.AsSpan(ProducerEpochAt), producer < 0 ? (short)-1 : epoch);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(BaseSequenceAt), producer < 0 ? -1 : sequence);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(CountAt), count);
        return bytes;
    }

    /// <summary>The batches that a read gives: first offset, count and the byte that fills the body.</summary>
    public static (ReadResult Result, List<(long Offset, int Count, byte Body)> Batches) Read(
        PartitionLog log, long offset, int bytesMax = int.MaxValue, bool firstAnyway = true)
    {
        using var writer = new WireWriter();
        var result = log.Read(offset, bytesMax, firstAnyway, writer);
        var bytes = writer.Written.ToArray();
        Assert.Equal(result.Bytes, bytes.Length);

        var batches = new List<(long, int, byte)>();
        for (var rest = bytes.AsSpan(); rest.Length > 0;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(rest[LengthAt..]) + LengthAt + sizeof(int);
            Assert.True(RecordBatch.TryRead(rest[..length], out var batch));
            batches.Add((BinaryPrimitives.ReadInt64BigEndian(rest), batch.Count, rest[length - 1]));
            rest = rest[length..];
        }

        return (result, batches);
    }

    public static void Append(PartitionLog log, byte[] batch) => Assert.Equal(ErrorCode.NoError, log.Append(batch).Error);
}
