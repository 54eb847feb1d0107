using System.Collections.Concurrent;
using System.Text;
using Confluent.Kafka;
using Payments.Contracts.Wire;
using Payments.EventStore.Contract;
using Payments.Messaging.Envelope;
using Payments.Messaging.Parking;
using Payments.Messaging.Topics;

namespace IntegrationTests.Replays;

/// <summary>Makes messages as others send them, and parks them as a consumer does that could not handle them.</summary>
internal static class Letters
{
    private static long _position;

    /// <summary>What the logs of the senders have, by message id.</summary>
    public static readonly ConcurrentDictionary<Guid, (MessageHeaders Headers, byte[] Data)> Sent = [];

    public static readonly Failure Outage = new("TimeoutException", "The part behind it did not answer.", null, IsPoison: false);

    /// <summary>A command or event, as it is sent today.</summary>
    public static Message Of(object content, Topic topic, string routingKey, Guid correlation, string stream = "elsewhere/1")
    {
        var (name, schema, json) = WireFormat.Encode(content);
        var position = Interlocked.Increment(ref _position);
        var headers = new MessageHeaders
        {
            Id = Guid.CreateVersion7(),
            Type = name,
            Schema = schema,
            Source = "sagas",
            Position = position,
            Previous = position - 1,
            Stream = stream,
            Version = position,
            Correlation = correlation,
            Actor = "tests",
            Recorded = DateTimeOffset.UtcNow,
        };
        Sent[headers.Id] = (headers, json);
        return new(topic.Name, PaymentEventsPartitioner.PartitionOf(topic, routingKey), position, routingKey, headers, json);
    }

    /// <summary>Half of it is missing.</summary>
    public static Message Truncated(this Message message) => message with { Data = message.Data[..(message.Data.Length / 2)] };

    /// <summary>A dead letter.</summary>
    public static ProjectionRow Dead(this Message message, string consumer, Failure? failure = null) =>
        ParkingRow.Park(consumer, Record(message), message, DateTimeOffset.UtcNow, failure ?? Outage).ToRow();

    /// <summary>Behind others of its key, or, when there is none, the first of it.</summary>
    public static ProjectionRow Waiting(this Message message, string consumer) =>
        ParkingRow.Park(consumer, Record(message), message, DateTimeOffset.UtcNow).ToRow();

    /// <summary>Something that is no message of ours.</summary>
    public static ProjectionRow Unreadable(string consumer, Topic topic, byte[] value) => ParkingRow.Unreadable(
        consumer,
        new ConsumeResult<byte[], byte[]>
        {
            Topic = topic.Name,
            Partition = 0,
            Offset = Interlocked.Increment(ref _position),
            Message = new() { Key = Encoding.UTF8.GetBytes("somebody"), Headers = [], Value = value },
        },
        DateTimeOffset.UtcNow,
        "Header 'id' is missing.").ToRow();

    private static ConsumeResult<byte[], byte[]> Record(Message message) => new()
    {
        Topic = message.Topic,
        Partition = message.Partition,
        Offset = message.Offset,
        Message = MessageCodec.Encode(message.RoutingKey, message.Headers, message.Data),
    };
}
