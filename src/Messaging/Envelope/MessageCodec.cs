using System.Runtime.InteropServices;
using System.Text;
using Confluent.Kafka;
using Payments.Messaging.Relay;
using Payments.Messaging.Topics;

namespace Payments.Messaging.Envelope;

/// <summary>
/// Turns messages into Kafka records and back. Any Kafka tool can show them: the key and all headers are text, the data is JSON.
/// </summary>
public static class MessageCodec
{
    /// <summary>The Kafka record of a message.</summary>
    /// <param name="data">UTF-8 JSON of the event or command. A whole array is not copied here: the producer copies it when it takes
    /// the record.</param>
    /// <remarks>
    /// Its timestamp is left to the producer, the moment of sending. By the moment of recording, what is sent again from the log after
    /// the broker lost it could be older than the topic's retention, and would be deleted before anyone reads it.
    /// </remarks>
    public static Message<byte[], byte[]> Encode(string routingKey, MessageHeaders headers, ReadOnlyMemory<byte> data)
    {
        ArgumentException.ThrowIfNullOrEmpty(routingKey);
        return new() { Key = Encoding.UTF8.GetBytes(routingKey), Headers = HeaderCodec.Encode(headers), Value = Bytes(data) };
    }

    /// <summary>Reads a record as the consumer delivers it. Bad input is a result, never an exception.</summary>
    public static MessageReading Read(ConsumeResult<byte[], byte[]> record)
    {
        var kafka = record.Message;
        if (kafka.Key is not { Length: > 0 } key)
            return new MessageReading.Unreadable(record, "The key is missing.");
        if (key.Length > HeaderReader.TextBytesMax)
            return new MessageReading.Unreadable(record, $"The key is longer than {HeaderReader.TextBytesMax} bytes.");
        if (!HeaderReader.TryText(key, out var routingKey))
            return new MessageReading.Unreadable(record, "The key is not text.");
        if (kafka.Value is not { Length: > 0 } data)
            return new MessageReading.Unreadable(record, "The data is missing.");

        var place = TopicSplit.Logical(new PartitionOf(record.Topic, record.Partition));
        return HeaderCodec.TryDecode(kafka.Headers, out var headers, out var reason)
            ? new MessageReading.Readable(new(place.Topic, place.Partition, record.Offset, routingKey, headers, data))
            : new MessageReading.Unreadable(record, reason);
    }

    private static byte[] Bytes(ReadOnlyMemory<byte> data) =>
        MemoryMarshal.TryGetArray(data, out var segment) && segment is { Array: { } array, Offset: 0 } && segment.Count == array.Length
            ? array
            : data.ToArray();
}
