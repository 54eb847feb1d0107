using System.Buffers.Text;
using System.Text.Unicode;
using Confluent.Kafka;

namespace Payments.Messaging.Envelope;

/// <summary>Reads Kafka headers one by one and remembers the first that is at fault; values read after that are of no use.</summary>
internal struct HeaderReader(IReadOnlyList<IHeader> headers)
{
    /// <summary>
    /// Bytes of a key, or of a header that is text. Several times what we write; and two of them fit into one entry of an index of
    /// PostgreSQL (2,704 bytes), which is where keys and sources end up.
    /// </summary>
    public const int TextBytesMax = 1_024;

    private const int ShownMax = 40;

    /// <summary>What is wrong, as a sentence; null while all is well.</summary>
    public string? Fault { get; private set; }

    public Guid Uuid(string name) => Required(name) is { } bytes ? Uuid(name, bytes) : default;

    public Guid? OptionalUuid(string name) => Find(name) is { } bytes ? Uuid(name, bytes) : null;

    public long Number(string name, long min, long max)
    {
        if (Required(name) is not { } bytes)
            return min;
        if (Utf8Parser.TryParse(bytes, out long value, out var used) && used == bytes.Length && value >= min && value <= max)
            return value;

        var bounds = max is long.MaxValue or int.MaxValue ? $"from {min}" : $"from {min} to {max}";
        Blame(name, bytes, $"not a whole number {bounds}");
        return min;
    }

    public string Text(string name, bool mayBeEmpty = false)
    {
        if (Required(name) is not { } bytes)
            return "";
        if (TryText(bytes, out var text) && (mayBeEmpty || text.Length > 0))
            return text;

        Blame(name, bytes, bytes.Length > TextBytesMax ? $"longer than {TextBytesMax} bytes" : "not text");
        return "";
    }

    /// <summary>For what is only of use to tools: if it cannot be read it is as if it were not there.</summary>
    public string? OptionalText(string name) => Find(name) is { } bytes && TryText(bytes, out var text) ? text : null;

    public DateTimeOffset Moment(string name)
    {
        if (Required(name) is not { } bytes)
            return default;

        // Without the Z it would be somebody's local time; we do not guess whose.
        if (bytes is [.., (byte)'Z'] && Utf8Parser.TryParse(bytes, out DateTimeOffset value, out var used, 'O') && used == bytes.Length)
            return value;

        Blame(name, bytes, "not a time such as 2026-01-31T12:00:00.0000000Z");
        return default;
    }

    /// <summary>Valid UTF-8 that PostgreSQL can store as text, and find by an index: it has no place for NUL.</summary>
    public static bool TryText(ReadOnlySpan<byte> bytes, out string text)
    {
        var good = bytes.Length <= TextBytesMax && Utf8.IsValid(bytes) && !bytes.Contains((byte)0);
        text = good ? System.Text.Encoding.UTF8.GetString(bytes) : "";
        return good;
    }

    private Guid Uuid(string name, byte[] bytes)
    {
        if (Utf8Parser.TryParse(bytes, out Guid value, out var used, 'D') && used == bytes.Length && value != Guid.Empty)
            return value;

        Blame(name, bytes, "not a UUID");
        return default;
    }

    private byte[]? Required(string name)
    {
        var bytes = Find(name);
        if (bytes is null)
            Fault ??= $"Header '{name}' is missing.";
        return bytes;
    }

    private byte[]? Find(string name)
    {
        byte[]? found = null;
        for (var i = 0; i < headers.Count; i++)
        {
            if (headers[i].Key != name)
                continue;

            // Which of the two to believe would be a guess, and the guess would decide whether money moves.
            if (found is not null)
                Fault ??= $"Header '{name}' stands there twice.";
            found = headers[i].GetValueBytes() ?? [];
        }

        return found;
    }

    private void Blame(string name, byte[] bytes, string why)
    {
        var shown = string.Create(Math.Min(bytes.Length, ShownMax), bytes, static (text, all) =>
        {
            for (var i = 0; i < text.Length; i++)
                text[i] = all[i] is >= (byte)' ' and <= (byte)'~' ? (char)all[i] : '?';
        });
        Fault ??= $"Header '{name}' is '{shown}', {why}.";
    }
}
