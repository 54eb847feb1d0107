using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Confluent.Kafka;
using Payments.EventStore;

namespace Payments.Messaging.Consuming;

/// <summary>A message that could not be handled, as it is kept for a person to look at.</summary>
public sealed record DeadLetter(
    string Consumer,
    string Topic,
    int Partition,
    long KafkaOffset,
    string? RoutingKey,
    IReadOnlyDictionary<string, string> Headers,
    byte[] Payload,
    string ErrorType,
    string Error,
    DateTimeOffset FailedAt)
{
    public static DeadLetter Of(string consumer, ConsumeResult<byte[], byte[]> record, string errorType, string error, DateTimeOffset now) => new(
        consumer,
        record.Topic,
        record.Partition,
        record.Offset,
        record.Message.Key is { } key ? Text(key) : null,
        (record.Message.Headers ?? []).DistinctBy(h => h.Key).ToDictionary(h => Clean(h.Key), h => Text(h.GetValueBytes() ?? [])),
        record.Message.Value ?? [],
        errorType,
        Clean(error),
        now);

    /// <summary>Stored in the transaction that moves the consumer past the message.</summary>
    public ProjectionRow ToRow() => new("dead_letters", JsonSerializer.SerializeToUtf8Bytes(this, DeadLetterJson.Default.DeadLetter));

    private static string Text(byte[] bytes) => Clean(Encoding.UTF8.GetString(bytes));

    private static string Clean(string text) => text.Replace('\0', '\uFFFD'); // PostgreSQL's text has no place for NUL.
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DeadLetter))]
internal sealed partial class DeadLetterJson : JsonSerializerContext;
