using System.Buffers.Binary;

namespace Payments.Messaging.Topics;

/// <summary>
/// MurmurHash2 as Kafka's Java client and librdkafka's <c>murmur2</c> partitioners compute it, so that other tools that write a key
/// by that rule put it where we do. Written out, because the result is part of the stored format: it must never change with a runtime.
/// </summary>
/// <remarks>Source: Apache Kafka, <c>org.apache.kafka.common.utils.Utils.murmur2</c>; the golden values of its tests are ours
/// too.</remarks>
internal static class Murmur2
{
    private const uint Seed = 0x9747b28c;
    private const uint Multiplier = 0x5bd1e995;

    public static uint Hash(ReadOnlySpan<byte> data)
    {
        var hash = Seed ^ (uint)data.Length;
        for (; data.Length >= sizeof(uint); data = data[sizeof(uint)..])
        {
            var word = BinaryPrimitives.ReadUInt32LittleEndian(data) * Multiplier;
            word = (word ^ (word >> 24)) * Multiplier;
            hash = (hash * Multiplier) ^ word;
        }

        if (!data.IsEmpty)
        {
            for (var i = data.Length - 1; i >= 0; i--)
            {
                hash ^= (uint)data[i] << (8 * i);
            }

            hash *= Multiplier;
        }

        hash = (hash ^ (hash >> 13)) * Multiplier;
        return hash ^ (hash >> 15);
    }
}
