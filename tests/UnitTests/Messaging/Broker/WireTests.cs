using System.Text;
using Confluent.Kafka;
using FsCheck.Fluent;
using Payments.Broker.Protocol;
using UnitTests.Randomness;

namespace UnitTests.Messaging.Broker;

public sealed class WireTests
{
    [Fact]
    public void What_is_written_is_read_again()
    {
        using var writer = new WireWriter();
        writer.Boolean(true);
        writer.Int16(short.MinValue);
        writer.Int32(int.MaxValue);
        writer.Int64(long.MinValue);
        writer.Text("zahlung/ü");
        writer.NullableText(null);
        writer.TextUtf8("topic"u8);
        writer.Bytes([1, 2, 3]);
        writer.Error(ErrorCode.RebalanceInProgress);
        writer.UnsignedVarInt(0);

        var reader = new WireReader(writer.Written.Span);

        Assert.True(reader.Boolean());
        Assert.Equal(short.MinValue, reader.Int16());
        Assert.Equal(int.MaxValue, reader.Int32());
        Assert.Equal(long.MinValue, reader.Int64());
        Assert.Equal("zahlung/ü", reader.Text());
        Assert.Null(reader.NullableText());
        Assert.Equal("topic", Encoding.UTF8.GetString(reader.TextUtf8()));
        Assert.Equal([1, 2, 3], reader.Bytes().ToArray());
        Assert.Equal(27, reader.Int16());
        reader.SkipTags();
        Assert.Equal(0, reader.Left);
    }

    [Fact]
    public void Numbers_are_big_endian_and_texts_have_their_length_before_them()
    {
        using var writer = new WireWriter();
        writer.Int32(0x01020304);
        writer.Text("ab");

        Assert.Equal([1, 2, 3, 4, 0, 2, (byte)'a', (byte)'b'], writer.Written.ToArray());
    }

    [Fact]
    public void A_buffer_grows_and_keeps_what_was_written()
    {
        using var writer = new WireWriter();
        writer.Int32(7);
        writer.Next(1_000_000).Fill(9);
        writer.Int32At(0, 8);

        var reader = new WireReader(writer.Written.Span);
        Assert.Equal(8, reader.Int32());
        Assert.Equal(1_000_000, reader.Left);
        Assert.Equal(9, reader.UInt8());
    }

    [Fact]
    public void Tagged_fields_are_passed_over()
    {
        // Two fields: tag 0 with one byte, tag 200 (two bytes of varint) with none.
        var reader = new WireReader([2, 0, 1, 42, 0xC8, 0x01, 0, 5]);

        reader.SkipTags();

        Assert.Equal(5, reader.UInt8());
    }

    [Theory]
    [InlineData(new byte[] { 0x7F, 0xFF, 0xFF, 0xFF })]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFE })]
    public void An_array_that_does_not_fit_the_frame_is_refused(byte[] frame) =>
        Assert.Throws<MalformedRequestException>(() => new WireReader(frame).Count());

    [Fact]
    public void No_bytes_make_a_reader_do_anything_but_read_or_refuse() => Invariant.HoldsForAll(
        ArbMap.Default.ArbFor<byte[]>(),
        bytes =>
        {
            Try(bytes, (ref WireReader reader) => reader.NullableText());
            Try(bytes, (ref WireReader reader) => reader.TextUtf8());
            Try(bytes, (ref WireReader reader) => reader.Bytes());
            Try(bytes, (ref WireReader reader) => reader.SkipTags());
            Try(bytes, (ref WireReader reader) => reader.Int64());
        });

    private delegate void Read(ref WireReader reader);

    private static void Try(byte[] bytes, Read read)
    {
        var reader = new WireReader(bytes);
        try
        {
            read(ref reader);
            Assert.InRange(reader.Left, 0, bytes.Length);
        }
        catch (MalformedRequestException)
        {
            // Refused: fine.
        }
    }
}
