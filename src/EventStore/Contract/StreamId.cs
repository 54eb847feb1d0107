namespace Payments.EventStore.Contract;

/// <summary>The name of one stream: a type such as <c>wallet</c> and a key within it. Written <c>wallet/0198c0de-…</c>.</summary>
public readonly record struct StreamId
{
    public const int LengthMax = 200;

    public StreamId(string type, string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(type);
        ArgumentException.ThrowIfNullOrEmpty(key);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(type.Length + key.Length, LengthMax - 1, nameof(key));
        if (type.Contains('/', StringComparison.Ordinal))
        {
            throw new ArgumentException("A stream type contains no '/'.", nameof(type));
        }

        Type = type;
        Key = key;
    }

    public string Type { get; }

    public string Key { get; }

    /// <summary>Reads the written form back.</summary>
    /// <exception cref="FormatException">No type, no key, or no '/' between them.</exception>
    public static StreamId Parse(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && slash < text.Length - 1
            ? new StreamId(text[..slash], text[(slash + 1)..])
            : throw new FormatException($"'{text}' is not a stream id.");
    }

    public override string ToString() => $"{Type}/{Key}";
}
