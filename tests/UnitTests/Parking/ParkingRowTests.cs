using Confluent.Kafka;
using Payments.Messaging.Envelope;
using Payments.Messaging.Parking;
using UnitTests.Messaging;
using UnitTests.Randomness;

namespace UnitTests.Parking;

public sealed class ParkingRowTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Whatever_a_message_is_it_is_parked_in_words_that_can_be_stored_and_comes_back_byte_for_byte()
    {
        var fuzz = new FuzzedMessages(Seed.NewRandom());
        for (var i = 0; i < 5_000; i++)
        {
            var record = MessageCases.Delivered(fuzz.Next());

            Assert.Equal(Bytes(record.Message), Bytes(Parked(RowOf(record)).ToRecord().Message));
            Assert.Equal(Bytes(record.Message), Bytes(Parked(ParkingRow.OnlyBytes("reader", record, Now)).ToRecord().Message));
        }
    }

    [Fact]
    public void Of_a_message_that_text_says_all_of_nothing_is_kept_twice()
    {
        var record = MessageCases.Delivered(MessageCodec.Encode("user/alice", MessageCases.Headers, "{}"u8.ToArray()));

        Assert.Null(RowOf(record).Original);
        Assert.Equal(Bytes(record.Message), Bytes(Parked(RowOf(record)).ToRecord().Message));
    }

    [Fact]
    public void A_message_parked_as_unreadable_is_not_read_later_however_its_headers_look_as_text()
    {
        var twice = MessageCodec.Encode("user/alice", MessageCases.Headers, "{}"u8.ToArray());
        twice.Headers.Add("position", "43"u8.ToArray());
        var record = MessageCases.Delivered(twice);
        var row = ParkingRow.Unreadable("reader", record, Now, "Header 'position' stands there twice.");

        Assert.IsType<MessageReading.Unreadable>(Parked(row).Read());
        Assert.IsType<MessageReading.Unreadable>(Parked(row with { Original = null }).Read()); // As an older version has stored it.
    }

    private static ParkingRow RowOf(ConsumeResult<byte[], byte[]> record) => MessageCodec.Read(record) switch
    {
        MessageReading.Readable { Message: var message } => ParkingRow.Park("reader", record, message, Now, Failure.OnlyBytes()),
        MessageReading.Unreadable { Reason: var reason } => ParkingRow.Unreadable("reader", record, Now, reason),
        var other => throw new InvalidOperationException($"{other}"),
    };

    private static ParkedMessage Parked(ParkingRow row)
    {
        var memory = new MemoryParkedMessages();
        memory.Apply([row.ToRow()]);
        return memory.All.Single();
    }

    // Headers of a record that has none come back as none, be they null or empty: on the wire that is the same.
    private static string Bytes(Message<byte[], byte[]> message) => string.Join('\n', [
        Text(message.Key), Text(message.Value), .. (message.Headers ?? []).Select(h => $"{h.Key}={Text(h.GetValueBytes())}")]);

    private static string Text(byte[]? bytes) => bytes is null ? "none" : Convert.ToHexString(bytes);
}
