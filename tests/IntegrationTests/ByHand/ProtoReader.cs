using System.Buffers.Binary;

namespace IntegrationTests.ByHand;

/// <summary>Reads the fields of one protobuf message, as much as a collector of spans needs: numbers are passed over.</summary>
internal static class ProtoReader
{
    /// <summary>The fields that hold bytes, text or other messages, in order.</summary>
    /// <exception cref="FormatException">It is no protobuf.</exception>
    public static IEnumerable<(int Field, ReadOnlyMemory<byte> Value)> Blobs(ReadOnlyMemory<byte> message)
    {
        while (message.Length > 0)
        {
            var tag = Varint(ref message);
            switch (tag & 7)
            {
                case 0:
                    Varint(ref message);
                    break;
                case 1:
                    message = message[8..];
                    break;
                case 2:
                    var length = (int)Varint(ref message);
                    yield return ((int)(tag >> 3), message[..length]);
                    message = message[length..];
                    break;
                case 5:
                    message = message[4..];
                    break;
                default:
                    throw new FormatException($"No protobuf: a field of type {tag & 7}.");
            }
        }
    }

    /// <summary>The first fixed 64-bit number of a field; 0 when there is none.</summary>
    public static ulong Fixed64(ReadOnlyMemory<byte> message, int field)
    {
        while (message.Length > 0)
        {
            var tag = Varint(ref message);
            switch (tag & 7)
            {
                case 0:
                    Varint(ref message);
                    break;
                case 1 when (int)(tag >> 3) == field:
                    return BinaryPrimitives.ReadUInt64LittleEndian(message.Span);
                case 1:
                    message = message[8..];
                    break;
                case 2:
                    var length = (int)Varint(ref message);
                    message = message[length..];
                    break;
                default:
                    message = message[4..];
                    break;
            }
        }

        return 0;
    }

    private static ulong Varint(ref ReadOnlyMemory<byte> message)
    {
        ulong value = 0;
        for (var i = 0; i < 10; i++)
        {
            var part = message.Span[i];
            value |= (ulong)(part & 0x7f) << (7 * i);
            if (part < 0x80)
            {
                message = message[(i + 1)..];
                return value;
            }
        }

        throw new FormatException("No protobuf: a number without an end.");
    }
}
