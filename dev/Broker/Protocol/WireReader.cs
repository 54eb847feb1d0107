using System.Buffers.Binary;
using System.Text;

namespace Payments.Broker.Protocol;

/// <summary>Reads Kafka's primitive types off a frame, never past its end.</summary>
/// <exception cref="MalformedRequestException">From every method: the frame ends before the value does, or the value cannot be.</exception>
internal ref struct WireReader(ReadOnlySpan<byte> frame)
{
    private ReadOnlySpan<byte> _rest = frame;

    /// <summary>Bytes that are not read yet.</summary>
    public readonly int Left => _rest.Length;

    public byte UInt8() => Next(sizeof(byte))[0];

    public bool Boolean() => UInt8() != 0;

    public short Int16() => BinaryPrimitives.ReadInt16BigEndian(Next(sizeof(short)));

    public int Int32() => BinaryPrimitives.ReadInt32BigEndian(Next(sizeof(int)));

    public long Int64() => BinaryPrimitives.ReadInt64BigEndian(Next(sizeof(long)));

    public string Text() => NullableText() ?? throw new MalformedRequestException("A text is null that must not be.");

    public string? NullableText()
    {
        var length = Int16();
        return length < 0 ? null : Encoding.UTF8.GetString(Next(length));
    }

    /// <summary>A text as it stands in the frame: for names that are only looked up.</summary>
    public ReadOnlySpan<byte> TextUtf8() => Next(Int16());

    /// <summary>Bytes, empty also where they are null.</summary>
    public ReadOnlySpan<byte> Bytes()
    {
        var length = Int32();
        return length < 0 ? [] : Next(length);
    }

    /// <summary>How many elements an array has; -1 for null.</summary>
    public int Count()
    {
        var count = Int32();

        // Every element has at least a byte: so no count makes us reserve more than was sent.
        return count >= -1 && count <= _rest.Length
            ? count
            : throw new MalformedRequestException($"An array of {count} elements does not fit the frame.");
    }

    /// <summary>Passes over the tagged fields that end every structure of the flexible versions.</summary>
    public void SkipTags()
    {
        for (var left = UnsignedVarInt(); left > 0; left--)
        {
            UnsignedVarInt();
            Next(UnsignedVarInt());
        }
    }

    private int UnsignedVarInt()
    {
        var value = 0;
        for (var shift = 0; shift < 28; shift += 7)
        {
            var part = UInt8();
            value |= (part & 0x7F) << shift;
            if (part < 0x80)
                return value;
        }

        throw new MalformedRequestException("A number takes more than four bytes.");
    }

    private ReadOnlySpan<byte> Next(int length)
    {
        if (length < 0 || length > _rest.Length)
            throw new MalformedRequestException($"{length} bytes are announced and {_rest.Length} are left.");

        var next = _rest[..length];
        _rest = _rest[length..];
        return next;
    }
}
