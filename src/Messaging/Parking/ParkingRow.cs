using System.Text.Json;
using System.Text.Json.Serialization;
using Confluent.Kafka;
using Payments.EventStore.Contract;
using Payments.EventStore.Postgres;
using Payments.Messaging.Envelope;

namespace Payments.Messaging.Parking;

/// <summary>What is done to a parked message, stored in the transaction of its effects. Written by <c>apply_parking</c>.</summary>
public sealed record ParkingRow
{
    public const string Projection = "parking";

    /// <summary>The message did what it was to do, after it had only waited or been tried again.</summary>
    public const string Applied = "applied";

    /// <summary>The same, of one that was a dead letter.</summary>
    public const string Replayed = "replayed";

    /// <summary>A person decided that it shall do nothing.</summary>
    public const string Discarded = "discarded";

    /// <summary><c>park</c>, <c>settle</c> or <c>fail</c>.</summary>
    public required string Op { get; init; }

    public required DateTimeOffset At { get; init; }

    public long? Id { get; init; }

    public long? Revision { get; init; }

    public string? Outcome { get; init; }

    public FailureJson? Failure { get; init; }

    /// <summary>Null with a failure: a dead letter.</summary>
    public DateTimeOffset? RetryAt { get; init; }

    public string? Consumer { get; init; }

    public string? Topic { get; init; }

    public int? Partition { get; init; }

    public long? KafkaOffset { get; init; }

    public string? KeyTopic { get; init; }

    public string? RoutingKey { get; init; }

    public Guid? MessageId { get; init; }

    public string? MessageType { get; init; }

    public Guid? CorrelationId { get; init; }

    public string? Source { get; init; }

    public long? Position { get; init; }

    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    public byte[]? Payload { get; init; }

    /// <summary>Key and headers byte for byte, where text does not say all of them.</summary>
    public OriginalRecord? Original { get; init; }

    public long? Amount { get; init; }

    public string? Currency { get; init; }

    /// <summary>Parks a message of ours: behind others of its key, or as the one that failed.</summary>
    public static ParkingRow Park(
        string consumer, ConsumeResult<byte[], byte[]> record, Message message, DateTimeOffset now,
        Failure? failure = null, DateTimeOffset? retryAt = null)
    {
        var key = ParkingKey.Of(message);
        return Park(consumer, record, now, failure, retryAt) with
        {
            KeyTopic = key.Topic,
            MessageId = message.Headers.Id,
            MessageType = StorableText.Of(message.Headers.Type),
            CorrelationId = message.Headers.Correlation,
            Source = StorableText.Of(message.Headers.Source),
            Position = message.Headers.Position,
        };
    }

    /// <summary>
    /// Keeps what is no message of ours. Nothing waits behind it: if one of ours was lost in it, the next one tells of the gap.
    /// </summary>
    public static ParkingRow Unreadable(string consumer, ConsumeResult<byte[], byte[]> record, DateTimeOffset now, string reason) =>
        Park(consumer, record, now, Parking.Failure.Unreadable(reason), null);

    /// <summary>
    /// Keeps a message that its source does not have any more, since it was restored to an earlier moment. It has no key: nothing waits
    /// behind it.
    /// </summary>
    public static ParkingRow Lost(string consumer, ConsumeResult<byte[], byte[]> record, Message message, DateTimeOffset now) =>
        Park(consumer, record, now, Parking.Failure.Lost(message), null) with
        {
            MessageId = message.Headers.Id,
            MessageType = message.Headers.Type,
            CorrelationId = message.Headers.Correlation,
        };

    /// <summary>
    /// Keeps the bytes of a record whose row the database refuses: nothing in it is made of what the record says but its bytes, in base64.
    /// </summary>
    public static ParkingRow OnlyBytes(string consumer, ConsumeResult<byte[], byte[]> record, DateTimeOffset now) => new()
    {
        Op = "park",
        At = now,
        Consumer = consumer,
        Topic = record.Topic,
        Partition = record.Partition,
        KafkaOffset = record.Offset,
        Headers = new Dictionary<string, string>(),
        Payload = record.Message.Value ?? [],
        Original = OriginalRecord.Of(record.Message, null, new Dictionary<string, string>()),
        Failure = FailureJson.Of(Parking.Failure.OnlyBytes()),
    };

    public static ParkingRow Settle(ParkedMessage message, string outcome, DateTimeOffset now) =>
        new() { Op = "settle", At = now, Id = message.Id, Revision = message.Revision, Outcome = outcome };

    public static ParkingRow Fail(ParkedMessage message, Failure failure, DateTimeOffset? retryAt, DateTimeOffset now) =>
        new() { Op = "fail", At = now, Id = message.Id, Revision = message.Revision, Failure = FailureJson.Of(failure), RetryAt = retryAt };

    public ProjectionRow ToRow() => new(Projection, JsonSerializer.SerializeToUtf8Bytes(this, ParkingJson.Default.ParkingRow));

    public static ParkingRow Read(ProjectionRow row) => JsonSerializer.Deserialize(row.Json.Span, ParkingJson.Default.ParkingRow)!;

    private static ParkingRow Park(
        string consumer, ConsumeResult<byte[], byte[]> record, DateTimeOffset now, Failure? failure, DateTimeOffset? retryAt)
    {
        var money = MoneyAtRisk.Of(record.Message.Value ?? []);
        var key = record.Message.Key is { } bytes ? StorableText.Of(bytes) : null;
        var headers = TextOf(record.Message.Headers ?? []);
        return new()
        {
            Op = "park",
            At = now,
            Consumer = consumer,
            Topic = record.Topic,
            Partition = record.Partition,
            KafkaOffset = record.Offset,
            RoutingKey = key,
            Headers = headers,
            Payload = record.Message.Value ?? [],
            Original = OriginalRecord.Of(record.Message, key, headers),
            Amount = money?.Amount,
            Currency = money?.Currency,
            Failure = failure is null ? null : FailureJson.Of(failure),
            RetryAt = retryAt,
        };
    }

    // Of headers that stand there twice the first is shown; all of them are in the original.
    private static Dictionary<string, string> TextOf(Headers headers)
    {
        var text = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var header in headers)
        {
            text.TryAdd(StorableText.Of(header.Key), StorableText.Of(header.GetValueBytes() ?? []));
        }

        return text;
    }
}

/// <summary>A <see cref="Failure"/> as it is stored.</summary>
public sealed record FailureJson(string Type, string Message, string? Stack, string Fingerprint)
{
    public static FailureJson Of(Failure failure) => new(failure.Type, failure.Message, failure.Stack, failure.Fingerprint);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ParkingRow))]
[JsonSerializable(typeof(OriginalRecord))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class ParkingJson : JsonSerializerContext;
