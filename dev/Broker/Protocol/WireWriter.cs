using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Confluent.Kafka;

namespace Payments.Broker.Protocol;

/// <summary>Writes one answer after the other into a pooled buffer that grows as needed.</summary>
internal sealed class WireWriter : IDisposable
{
    private const int FirstBytes = 4 * 1024;

    /// <summary>A larger buffer goes back after its answer: it was one big fetch.</summary>
    private const int KeptBytesMax = 256 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(FirstBytes);

    /// <summary>Bytes written; set it back to take away what follows.</summary>
    public int Length { get; set; }

    /// <summary>The client asked for no answer.</summary>
    public bool IsUnwanted { get; set; }

    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, Length);

    public void Clear()
    {
        Length = 0;
        IsUnwanted = false;
        if (_buffer.Length > KeptBytesMax)
            Replace(ArrayPool<byte>.Shared.Rent(FirstBytes));
    }

    public void Boolean(bool value) => Next(sizeof(byte))[0] = value ? (byte)1 : (byte)0;

    public void Int16(short value) => BinaryPrimitives.WriteInt16BigEndian(Next(sizeof(short)), value);

    public void Int32(int value) => BinaryPrimitives.WriteInt32BigEndian(Next(sizeof(int)), value);

    public void Int64(long value) => BinaryPrimitives.WriteInt64BigEndian(Next(sizeof(long)), value);

    /// <summary>The names of the library's errors are those of the protocol, and so are their numbers.</summary>
    public void Error(ErrorCode error) => Int16((short)error);

    public void Text(string value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        Int16(checked((short)length));
        Encoding.UTF8.GetBytes(value, Next(length));
    }

    public void TextUtf8(ReadOnlySpan<byte> value)
    {
        Int16(checked((short)value.Length));
        value.CopyTo(Next(value.Length));
    }

    public void NullableText(string? value)
    {
        if (value is null)
            Int16(-1);
        else
            Text(value);
    }

    public void Bytes(ReadOnlySpan<byte> value)
    {
        Int32(value.Length);
        value.CopyTo(Next(value.Length));
    }

    /// <summary>Of at most 127: a varint of one byte.</summary>
    public void UnsignedVarInt(int value) => Next(sizeof(byte))[0] = checked((byte)(value <= 0x7F ? value : -1));

    /// <summary>Writes a number over what stands at a place already.</summary>
    public void Int32At(int place, int value) => BinaryPrimitives.WriteInt32BigEndian(_buffer.AsSpan(place), value);

    /// <summary>Room for so many bytes, counted as written. To be filled before anything else is written.</summary>
    public Span<byte> Next(int length)
    {
        var needed = checked(Length + length);
        if (needed > _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, 2 * _buffer.Length));
            Written.CopyTo(larger);
            Replace(larger);
        }

        var next = _buffer.AsSpan(Length, length);
        Length = needed;
        return next;
    }

    public void Dispose() => Replace([]);

    private void Replace(byte[] buffer)
    {
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = buffer;
    }
}
