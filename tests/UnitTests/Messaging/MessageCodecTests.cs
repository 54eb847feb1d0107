using System.Text;
using Confluent.Kafka;
using FsCheck.Fluent;
using Payments.Messaging.Envelope;
using UnitTests.Randomness;

namespace UnitTests.Messaging;

public sealed class MessageCodecTests
{
    private const string Key = "user/alice";

    private static readonly byte[] Data = """{"amount":2500}"""u8.ToArray();

    [Fact]
    public void A_message_on_the_wire_is_text_that_any_kafka_tool_shows()
    {
        var record = MessageCodec.Encode(Key, MessageCases.Headers, Data);

        Assert.Equal(Key, Encoding.UTF8.GetString(record.Key));
        Assert.Same(Data, record.Value);
        Assert.Equal(Timestamp.Default, record.Timestamp);
        Assert.Equal(
            [
                ("id", "0198c0de-0000-7000-8000-000000000001"),
                ("type", "wallet.funds-held.v1"),
                ("schema", "1"),
                ("source", "wallets"),
                ("position", "42"),
                ("previous", "40"),
                ("stream", "wallet/0198c0de-0000-7000-8000-00000000000a"),
                ("version", "7"),
                ("correlation", "0198c0de-0000-7000-8000-00000000000b"),
                ("actor", "saga"),
                ("recorded", "2026-01-31T12:00:00.0000000Z"),
                ("causation", "0198c0de-0000-7000-8000-00000000000c"),
                ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
            ],
            record.Headers.Select(header => (header.Key, Encoding.UTF8.GetString(header.GetValueBytes()))));
    }

    [Fact]
    public void What_is_written_is_read_back() => Invariant.HoldsForAll(
        MessageCases.AnyHeaders.Zip(MessageCases.Text).ToArbitrary(),
        drawn =>
        {
            var (headers, key) = drawn;
            var reading = MessageCodec.Read(MessageCases.Delivered(MessageCodec.Encode(key, headers, Data)));

            var message = Assert.IsType<MessageReading.Readable>(reading).Message;
            Assert.Equal(new Message("events.payments.v1", 4, 9, key, headers, Data), message);
        });

    [Fact]
    public void A_slice_of_a_larger_buffer_is_sent_alone() =>
        Assert.Equal("amount"u8.ToArray(), MessageCodec.Encode(Key, MessageCases.Headers, Data.AsMemory(2, 6)).Value);

    [Fact]
    public void Headers_that_we_do_not_know_are_left_alone()
    {
        var record = Record();
        record.Headers.Add("x-proxy", [0xff]);
        record.Headers.Add("x-proxy", [0xfe]);

        Assert.IsType<MessageReading.Readable>(MessageCodec.Read(MessageCases.Delivered(record)));
    }

    [Theory]
    [InlineData("id", null, "Header 'id' is missing.")]
    [InlineData("id", "42", "Header 'id' is '42', not a UUID.")]
    [InlineData("id", "00000000-0000-0000-0000-000000000000", "Header 'id' is '00000000-0000-0000-0000-000000000000', not a UUID.")]
    [InlineData("id", "{0198c0de-0000-7000-8000-000000000001}", "Header 'id' is '{0198c0de-0000-7000-8000-000000000001}', not a UUID.")]
    [InlineData("type", "", "Header 'type' is '', not text.")]
    [InlineData("type", "a\0b", "Header 'type' is 'a?b', not text.")]
    [InlineData("schema", "0", "Header 'schema' is '0', not a whole number from 1.")]
    [InlineData("schema", "4294967297", "Header 'schema' is '4294967297', not a whole number from 1.")]
    [InlineData("source", null, "Header 'source' is missing.")]
    [InlineData("position", "-1", "Header 'position' is '-1', not a whole number from 1.")]
    [InlineData("position", "1.5", "Header 'position' is '1.5', not a whole number from 1.")]
    [InlineData("position", "9223372036854775808", "Header 'position' is '9223372036854775808', not a whole number from 1.")]
    [InlineData("previous", "42", "Header 'previous' is '42', not a whole number from 0 to 41.")]
    [InlineData("previous", "forty", "Header 'previous' is 'forty', not a whole number from 0 to 41.")]
    [InlineData("stream", null, "Header 'stream' is missing.")]
    [InlineData("version", "0", "Header 'version' is '0', not a whole number from 1.")]
    [InlineData("correlation", null, "Header 'correlation' is missing.")]
    [InlineData("causation", "unknown", "Header 'causation' is 'unknown', not a UUID.")]
    [InlineData("actor", null, "Header 'actor' is missing.")]
    [InlineData("recorded", "2026-01-31", "Header 'recorded' is '2026-01-31', not a time such as 2026-01-31T12:00:00.0000000Z.")]
    [InlineData(
        "recorded",
        "2026-01-31T12:00:00.0000000",
        "Header 'recorded' is '2026-01-31T12:00:00.0000000', not a time such as 2026-01-31T12:00:00.0000000Z.")]
    public void A_header_at_fault_is_named_with_the_reason(string name, string? value, string reason)
    {
        var record = Record();
        record.Headers.Remove(name);
        if (value is not null)
            record.Headers.Add(name, Encoding.UTF8.GetBytes(value));

        AssertUnreadable(record, reason);
    }

    [Fact]
    public void A_header_that_is_not_utf8_is_at_fault_and_shown_harmlessly()
    {
        var record = Record();
        record.Headers.Remove("type");
        record.Headers.Add("type", [.. new byte[50].Select((_, i) => (byte)(0x7e + i))]);

        AssertUnreadable(record, $"Header 'type' is '~{new string('?', 39)}', not text.");
    }

    [Fact]
    public void A_header_that_stands_there_twice_is_not_guessed_at()
    {
        var record = Record();
        record.Headers.Add("position", "43"u8.ToArray());

        AssertUnreadable(record, "Header 'position' stands there twice.");
    }

    [Fact]
    public void A_message_without_any_headers_is_unreadable()
    {
        var record = Record();
        record.Headers = null;

        AssertUnreadable(record, "Header 'position' is missing.");
    }

    [Fact]
    public void A_trace_header_that_makes_no_sense_does_not_stop_a_message()
    {
        var record = Record();
        record.Headers.Remove("traceparent");
        record.Headers.Add("traceparent", [0xff]);

        var reading = MessageCodec.Read(MessageCases.Delivered(record));

        Assert.Equal(MessageCases.Headers with { TraceParent = null }, Assert.IsType<MessageReading.Readable>(reading).Message.Headers);
    }

    [Fact]
    public void A_message_for_one_reader_that_is_no_replay_is_not_dropped_as_somebody_elses()
    {
        var record = Record();
        record.Headers.Add("replay-for", "nobody"u8.ToArray());

        AssertUnreadable(record, "Header 'replay' is missing where 'replay-for' is there.");
    }

    [Fact]
    public void What_is_too_long_for_an_index_is_at_fault()
    {
        AssertUnreadable(Record(r => r.Key = new byte[1_025]), "The key is longer than 1024 bytes.");

        var record = Record();
        record.Headers.Remove("source");
        record.Headers.Add("source", Encoding.UTF8.GetBytes(new string('s', 1_025)));
        AssertUnreadable(record, $"Header 'source' is '{new string('s', 40)}', longer than 1024 bytes.");
    }

    [Fact]
    public void A_message_without_key_or_data_is_unreadable()
    {
        AssertUnreadable(Record(r => r.Key = null!), "The key is missing.");
        AssertUnreadable(Record(r => r.Key = []), "The key is missing.");
        AssertUnreadable(Record(r => r.Key = [0xff]), "The key is not text.");
        AssertUnreadable(Record(r => r.Value = null!), "The data is missing.");
        AssertUnreadable(Record(r => r.Value = []), "The data is missing.");
    }

    [Fact]
    public void Whatever_bytes_arrive_reading_them_never_throws() => Invariant.HoldsForAll(
        (from bytes in Gen.Choose(0, 255).ArrayOf()
         from name in Gen.Elements(Record().Headers.Select(header => header.Key))
         select (name, bytes: bytes.Select(b => (byte)b).ToArray())).ToArbitrary(),
        drawn =>
        {
            var record = Record();
            record.Headers.Remove(drawn.name);
            record.Headers.Add(drawn.name, drawn.bytes);

            var reading = MessageCodec.Read(MessageCases.Delivered(record));

            if (reading is MessageReading.Unreadable unreadable)
                Assert.StartsWith("Header '", unreadable.Reason, StringComparison.Ordinal);
        });

    private static Message<byte[], byte[]> Record(Action<Message<byte[], byte[]>>? change = null)
    {
        var record = MessageCodec.Encode(Key, MessageCases.Headers, Data);
        change?.Invoke(record);
        return record;
    }

    private static void AssertUnreadable(Message<byte[], byte[]> record, string reason)
    {
        var delivered = MessageCases.Delivered(record);
        Assert.Equal(new MessageReading.Unreadable(delivered, reason), MessageCodec.Read(delivered));
    }
}
