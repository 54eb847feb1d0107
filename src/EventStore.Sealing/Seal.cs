using System.Globalization;
using System.Security.Cryptography;

namespace Payments.EventStore.Sealing;

/// <summary>One sealed interval of the log, as it is stored.</summary>
/// <param name="EventHashes">32 bytes for each event, in position order: the hash of its stream's chain at that event.</param>
internal sealed record Seal(
    long Number,
    long FirstPosition,
    long LastPosition,
    byte[] EventHashes,
    byte[] MerkleRoot,
    byte[] PreviousSeal,
    byte[] Value,
    DateTimeOffset SealedAt)
{
    public SealMark Mark => new(Number, Convert.ToHexStringLower(Value));

    public SealHeader Header => new(
        Number, FirstPosition, LastPosition, MerkleRoot, SHA256.HashData(EventHashes), PreviousSeal, SealedAt);

    /// <summary>The chain's hash that was sealed for a position of the interval; null when the row is too short to have it.</summary>
    public byte[]? HashAt(long position)
    {
        var index = (position - FirstPosition) * SealHash.Bytes;
        return index >= 0 && index + SealHash.Bytes <= EventHashes.Length
            ? EventHashes.AsSpan((int)index, SealHash.Bytes).ToArray()
            : null;
    }
}

/// <summary>What a seal is computed from.</summary>
/// <param name="SealedAt">In whole microseconds, as PostgreSQL keeps it.</param>
internal sealed record SealHeader(
    long Number,
    long FirstPosition,
    long LastPosition,
    byte[] MerkleRoot,
    byte[] EventHashesDigest,
    byte[] PreviousSeal,
    DateTimeOffset SealedAt);

/// <summary>What is to be noted of a seal, away from the database: it commits to all events up to the end of its interval.</summary>
/// <param name="Hash">In lower-case hexadecimal.</param>
public sealed record SealMark(long Number, string Hash)
{
    /// <summary>Reads back what <see cref="ToString"/> wrote.</summary>
    public static bool TryParse(string text, out SealMark? mark)
    {
        mark = text.Split(':') is [var number, { Length: 2 * SealHash.Bytes } hash]
            && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) && parsed > 0
            && hash.All(char.IsAsciiHexDigit)
                ? new SealMark(parsed, hash.ToLowerInvariant())
                : null;
        return mark is not null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Number}:{Hash}");
}
