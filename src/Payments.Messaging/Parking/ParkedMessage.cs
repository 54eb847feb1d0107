using System.Text;
using System.Text.Json;
using Confluent.Kafka;

namespace Payments.Messaging.Parking;

/// <summary>
/// A message that waits in the database: the head of a key is tried again, or is a dead letter; the others wait behind it.
/// </summary>
/// <param name="Key">Null for one that is unreadable: it is in order with nothing.</param>
/// <param name="Headers">As text; each name once.</param>
/// <param name="Revision">Counts everything that is done to it: what is decided on an older one is refused.</param>
/// <param name="Attempts">0 for one that has only waited so far.</param>
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
    bool IsDead)
{
    /// <summary>The payload as it came from the broker, where a person has edited it; null where nobody has.</summary>
    public byte[]? Original { get; init; }

    /// <summary>Null for one that is unreadable.</summary>
    public Guid? Correlation => Guid.TryParse(Headers.GetValueOrDefault(HeaderNames.Correlation), out var id) ? id : null;

    /// <summary>As Kafka delivered it.</summary>
    public ConsumeResult<byte[], byte[]> ToRecord()
    {
        var headers = new Headers();
        foreach (var (name, value) in Headers)
        {
            headers.Add(name, Encoding.UTF8.GetBytes(value));
        }

        return new()
        {
            Topic = Topic,
            Partition = Partition,
            Offset = KafkaOffset,
            Message = new() { Key = RoutingKey is null ? null! : Encoding.UTF8.GetBytes(RoutingKey), Headers = headers, Value = Payload },
        };
    }

    /// <summary>Headers as they are stored: a JSON object of text.</summary>
    public static IReadOnlyDictionary<string, string> ReadHeaders(string json) =>
        JsonSerializer.Deserialize(json, ParkingJson.Default.DictionaryStringString)!;
}
