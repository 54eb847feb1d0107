using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Payments.EventStore.Contract;

namespace Payments.EventStore.Sealing;

/// <summary>An event as the bytes that are hashed: fourteen fields in a fixed order, each with its length before it.</summary>
/// <remarks>
/// The number of fields (two bytes), then of each field its length (four bytes; -1 for none) and its content; numbers big-endian, text as
/// UTF-8, ids as their sixteen bytes, the time as microseconds since 2000-01-01 UTC. These are the bytes that PostgreSQL's binary COPY
/// sends for a row, so the sealer hashes what it reads without decoding it. Data is the text that PostgreSQL gives back for its jsonb.
/// </remarks>
public readonly struct CanonicalEvent(ReadOnlyMemory<byte> bytes)
{
    internal const int FieldsCount = 14;

    private static readonly DateTimeOffset Epoch = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public ReadOnlyMemory<byte> Bytes { get; } = bytes;

    public long Position => Number(0);

    /// <summary>As it stands in the row, which may be no stream id at all when somebody wrote into it.</summary>
    public string Stream => Text(1) ?? "";

    public long Version => Number(3);

    public Guid EventId => Field(4) is { Length: 16 } id ? new Guid(id, bigEndian: true) : Guid.Empty;

    public string Type => Text(5) ?? "";

    /// <summary>The bytes of an event that is in memory.</summary>
    /// <param name="e">Its data must be as PostgreSQL gives it back, not as it was appended: jsonb has a form of its own.</param>
    public static CanonicalEvent Of(StoredEvent e)
    {
        var bytes = new MemoryStream(512);
        WriteInt16(bytes, FieldsCount);
        WriteInt64(bytes, e.Position);
        WriteText(bytes, e.Stream.ToString());
        WriteText(bytes, e.Stream.Type);
        WriteInt64(bytes, e.StreamVersion);
        WriteId(bytes, e.EventId);
        WriteText(bytes, e.Type);
        WriteInt32Field(bytes, e.SchemaVersion);
        WriteBytes(bytes, e.Data.Span);
        WriteId(bytes, e.Metadata.CorrelationId);
        WriteId(bytes, e.Metadata.CausationId);
        WriteText(bytes, e.Metadata.Actor);
        WriteText(bytes, e.Metadata.TraceParent);
        WriteText(bytes, e.Metadata.RoutingKey);
        WriteInt64(bytes, (e.RecordedAt - Epoch).Ticks / TimeSpan.TicksPerMicrosecond);
        return new CanonicalEvent(bytes.ToArray());
    }

    /// <summary>What the bytes say.</summary>
    /// <exception cref="FormatException">The stream is none, or something is missing that every event has.</exception>
    public StoredEvent ToStored()
    {
        var metadata = new EventMetadata(
            Id(8) ?? throw Lacking("correlation"), Id(9), Text(10) ?? throw Lacking("actor"), Text(11), Text(12));
        return new StoredEvent(
            Position,
            StreamId.Parse(Stream),
            Version,
            EventId,
            Type,
            BinaryPrimitives.ReadInt32BigEndian(Field(6)),
            Field(7).ToArray(),
            metadata,
            Epoch.AddTicks(Number(13) * TimeSpan.TicksPerMicrosecond));

        static FormatException Lacking(string field) => new($"The event has no {field}.");
    }

    /// <summary>The same event, were it at another position.</summary>
    internal CanonicalEvent At(long position)
    {
        var bytes = Bytes.ToArray();
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(sizeof(short) + sizeof(int)), position);
        return new CanonicalEvent(bytes);
    }

    /// <summary>How a person finds it: <c>event 0198… (wallet.opened.v1) of wallet/0198… version 7</c>.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"event {EventId} ({Type}) of {Stream} version {Version}");

    private long Number(int field) => Field(field) is { Length: sizeof(long) } bytes ? BinaryPrimitives.ReadInt64BigEndian(bytes) : 0;

    private string? Text(int field) => Field(field, out var isNull) is var bytes && isNull ? null : Encoding.UTF8.GetString(bytes);

    private Guid? Id(int field) => Field(field) is { Length: 16 } bytes ? new Guid(bytes, bigEndian: true) : null;

    private ReadOnlySpan<byte> Field(int index) => Field(index, out _);

    private ReadOnlySpan<byte> Field(int index, out bool isNull)
    {
        var rest = Bytes.Span[sizeof(short)..];
        for (var i = 0; ; i++)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(rest);
            rest = rest[sizeof(int)..];
            isNull = length < 0;
            if (i == index)
            {
                return isNull ? [] : rest[..length];
            }

            rest = isNull ? rest : rest[length..];
        }
    }

    private static void WriteInt16(MemoryStream to, short value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(short)];
        BinaryPrimitives.WriteInt16BigEndian(bytes, value);
        to.Write(bytes);
    }

    private static void WriteInt32(MemoryStream to, int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        to.Write(bytes);
    }

    private static void WriteInt32Field(MemoryStream to, int value)
    {
        WriteInt32(to, sizeof(int));
        WriteInt32(to, value);
    }

    private static void WriteInt64(MemoryStream to, long value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        WriteBytes(to, bytes);
    }

    private static void WriteText(MemoryStream to, string? value)
    {
        if (value is null)
        {
            WriteInt32(to, -1);
        }
        else
        {
            WriteBytes(to, Encoding.UTF8.GetBytes(value));
        }
    }

    private static void WriteId(MemoryStream to, Guid? value)
    {
        if (value is { } id)
        {
            WriteBytes(to, id.ToByteArray(bigEndian: true));
        }
        else
        {
            WriteInt32(to, -1);
        }
    }

    private static void WriteBytes(MemoryStream to, ReadOnlySpan<byte> value)
    {
        WriteInt32(to, value.Length);
        to.Write(value);
    }
}
