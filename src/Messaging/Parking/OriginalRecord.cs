using System.Text;
using System.Text.Json;
using Confluent.Kafka;

namespace Payments.Messaging.Parking;

/// <summary>
/// Key and headers of a Kafka record, byte for byte: a key that is no text, headers that stand there twice, have no value, or are no text.
/// </summary>
/// <param name="Key">Null for none.</param>
/// <param name="Headers">In their order.</param>
/// <param name="HasValue">False for a tombstone: its value is null, which is not the same as empty.</param>
public sealed record OriginalRecord(byte[]? Key, IReadOnlyList<OriginalHeader> Headers, bool HasValue)
{
    /// <summary>Null when the key and the headers as text say all that there is.</summary>
    public static OriginalRecord? Of(Message<byte[], byte[]> message, string? keyText, IReadOnlyDictionary<string, string> headersText)
    {
        var headers = (message.Headers ?? []).Select(h => new OriginalHeader(h.Key, h.GetValueBytes())).ToList();
        var isText = message.Value is not null
            && IsText(message.Key, keyText)
            && headers.Count == headersText.Count
            && headers.TrueForAll(h => headersText.TryGetValue(h.Name, out var text) && h.Value is not null && IsText(h.Value, text));
        return isText ? null : new OriginalRecord(message.Key, headers, message.Value is not null);
    }

    public Headers ToHeaders()
    {
        var headers = new Headers();
        foreach (var (name, value) in Headers)
        {
            headers.Add(name, value);
        }

        return headers;
    }

    /// <summary>Headers that text says all of.</summary>
    public static Headers ToHeaders(IReadOnlyDictionary<string, string> text)
    {
        var headers = new Headers();
        foreach (var (name, value) in text)
        {
            headers.Add(name, Encoding.UTF8.GetBytes(value));
        }

        return headers;
    }

    /// <summary>As it is stored: JSON, with the bytes in base64.</summary>
    public static OriginalRecord Read(string json) => JsonSerializer.Deserialize(json, ParkingJson.Default.OriginalRecord)!;

    private static bool IsText(byte[]? bytes, string? text) =>
        bytes is null ? text is null : text is not null && bytes.AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(text));
}

/// <param name="Value">Null for a header without a value.</param>
public sealed record OriginalHeader(string Name, byte[]? Value);
