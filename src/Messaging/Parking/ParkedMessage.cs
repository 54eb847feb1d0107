using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Payments.Messaging.Envelope;

namespace Payments.Messaging.Parking;

/// <summary>
/// A message that waits in the database: the head of a key is tried again, or is a dead letter; the others wait behind it.
/// </summary>
/// <param name="Key">Null for one that is unreadable: it is in order with nothing.</param>
/// <param name="Headers">As text; each name once. For people.</param>
/// <param name="Revision">Counts everything that is done to it: what is decided on an older one is refused.</param>
/// <param name="Attempts">0 for one that has only waited so far.</param>
/// <param name="Original">Key and headers as they came, where text does not say all of them; null where it does.</param>
public sealed record ParkedMessage(
    long Id,
    string Topic,
    int Partition,
    long KafkaOffset,
    ParkingKey? Key,
    string? RoutingKey,
    IReadOnlyDictionary<string, string> Headers,
    byte[] Payload,
    long Revision,
    int Attempts,
    bool IsDead,
    OriginalRecord? Original = null)
{
    /// <summary>The payload as it came from the broker, where a person has edited it; null where nobody has.</summary>
    public byte[]? PayloadBeforeEdits { get; init; }

    /// <summary>Null for one that is unreadable.</summary>
    public Guid? Correlation => Guid.TryParse(Headers.GetValueOrDefault(HeaderNames.Correlation), out var id) ? id : null;

    /// <summary>
    /// The message, to be handled. One that was parked as unreadable stays so: no watermark has counted it, and the message that was lost
    /// in it may have been sent again since.
    /// </summary>
    public MessageReading Read()
    {
        var record = ToRecord();
        return Key is null ? new MessageReading.Unreadable(record, "It is no message of ours.") : MessageCodec.Read(record);
    }

    /// <summary>The message, or why it can never be handled.</summary>
    internal (Message? Message, Failure? Failure) Open() => (Key, MessageCodec.Read(ToRecord())) switch
    {
        ({ }, MessageReading.Readable { Message: var message }) => (message, null),

        // One of ours that was kept without a key: see ParkingRow.Lost.
        (null, MessageReading.Readable { Message: { Headers.Incarnation: not null } lost }) => (null, Failure.Lost(lost)),
        _ => (null, Failure.Unreadable("It is no message of ours, and can only be discarded.")),
    };

    /// <summary>As Kafka delivered it, unless its payload was edited.</summary>
    public ConsumeResult<byte[], byte[]> ToRecord() => new()
    {
        Topic = Topic,
        Partition = Partition,
        Offset = KafkaOffset,
        Message = new()
        {
            Key = (Original is { } original ? original.Key : RoutingKey is null ? null : Encoding.UTF8.GetBytes(RoutingKey))!,
            Headers = Original?.ToHeaders() ?? OriginalRecord.ToHeaders(Headers),
            Value = Original is { HasValue: false } && Payload.Length == 0 ? null! : Payload,
        },
    };

    /// <summary>Headers as they are stored: a JSON object of text.</summary>
    public static IReadOnlyDictionary<string, string> ReadHeaders(string json) =>
        JsonSerializer.Deserialize(json, ParkingJson.Default.DictionaryStringString)!;
}
