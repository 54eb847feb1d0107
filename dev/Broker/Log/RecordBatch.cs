using System.Buffers.Binary;

namespace Payments.Broker.Log;

/// <summary>
/// The header of a batch of messages as a producer wrote it (magic 2). What is inside, compressed or not, is not the broker's business.
/// </summary>
/// <seealso href="https://kafka.apache.org/documentation/#recordbatch"/>
internal readonly ref struct RecordBatch
{
    public const long NoProducer = -1;

    private const int LengthAt = 8;
    private const int LeaderEpochAt = 12;
    private const int MagicAt = 16;
    private const int AttributesAt = 21;
    private const int LastOffsetDeltaAt = 23;
    private const int MaxTimestampAt = 35;
    private const int ProducerIdAt = 43;
    private const int ProducerEpochAt = 51;
    private const int BaseSequenceAt = 53;
    private const int CountAt = 57;
    private const int HeaderBytes = 61;
    private const byte Magic = 2;

    /// <summary>Of a transaction (16), or its end (32).</summary>
    private const short TransactionalAttributes = 16 | 32;

    private RecordBatch(ReadOnlySpan<byte> bytes) => Bytes = bytes;

    public ReadOnlySpan<byte> Bytes { get; }

    public int Count => BinaryPrimitives.ReadInt32BigEndian(Bytes[CountAt..]);

    public long ProducerId => BinaryPrimitives.ReadInt64BigEndian(Bytes[ProducerIdAt..]);

    public short ProducerEpoch => BinaryPrimitives.ReadInt16BigEndian(Bytes[ProducerEpochAt..]);

    public int FirstSequence => BinaryPrimitives.ReadInt32BigEndian(Bytes[BaseSequenceAt..]);

    /// <summary>After the largest sequence number comes 0.</summary>
    public int LastSequence => (int)((FirstSequence + (uint)Count - 1) & int.MaxValue);

    /// <summary>Milliseconds since 1970.</summary>
    public long MaxTimestamp => BinaryPrimitives.ReadInt64BigEndian(Bytes[MaxTimestampAt..]);

    public bool IsTransactional => (BinaryPrimitives.ReadInt16BigEndian(Bytes[AttributesAt..]) & TransactionalAttributes) != 0;

    /// <summary>False for anything but exactly one whole batch.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out RecordBatch batch)
    {
        batch = new(bytes);
        return bytes.Length >= HeaderBytes
            && BinaryPrimitives.ReadInt32BigEndian(bytes[LengthAt..]) == bytes.Length - LeaderEpochAt
            && bytes[MagicAt] == Magic
            && batch.Count > 0
            && BinaryPrimitives.ReadInt32BigEndian(bytes[LastOffsetDeltaAt..]) == batch.Count - 1
            && (batch.ProducerId == NoProducer || (batch.ProducerEpoch >= 0 && batch.FirstSequence >= 0));
    }

    /// <summary>Gives stored bytes their place. Both fields are outside of the checksum.</summary>
    public static void Place(Span<byte> stored, long baseOffset, int leaderEpoch)
    {
        BinaryPrimitives.WriteInt64BigEndian(stored, baseOffset);
        BinaryPrimitives.WriteInt32BigEndian(stored[LeaderEpochAt..], leaderEpoch);
    }
}
