using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Payments.EventStore.Sealing;

/// <summary>
/// Everything that is hashed, each kind behind a tag of its own, so that no hash of one kind can pass for one of another.
/// </summary>
/// <remarks>Leaves and nodes of the Merkle tree have the tags of RFC 6962, section 2.1; the rest go on from there.</remarks>
internal static class SealHash
{
    public const int Bytes = SHA256.HashSizeInBytes;

    private const byte LeafTag = 0;
    private const byte NodeTag = 1;
    private const byte EventTag = 2;
    private const byte ChainTag = 3;
    private const byte ChainStartTag = 4;
    private const byte SealTag = 5;

    /// <summary>What the first seal of a log names as the one before it.</summary>
    public static byte[] NoSeal => new byte[Bytes];

    public static byte[] OfEvent(CanonicalEvent e) => Tagged(EventTag, e.Bytes.Span);

    /// <summary>What a stream's chain begins with, before its first event.</summary>
    public static byte[] ChainStart(string stream) => Tagged(ChainStartTag, Encoding.UTF8.GetBytes(stream));

    /// <summary>The chain's hash at an event.</summary>
    public static byte[] Chain(ReadOnlySpan<byte> previous, ReadOnlySpan<byte> eventDigest) => Pair(ChainTag, previous, eventDigest);

    public static byte[] Node(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) => Pair(NodeTag, left, right);

    public static byte[] Leaf(ChainHead head)
    {
        var stream = Encoding.UTF8.GetBytes(head.Stream);
        var content = new byte[sizeof(int) + stream.Length + sizeof(long) + Bytes];
        BinaryPrimitives.WriteInt32BigEndian(content, stream.Length);
        stream.CopyTo(content.AsSpan(sizeof(int)));
        BinaryPrimitives.WriteInt64BigEndian(content.AsSpan(sizeof(int) + stream.Length), head.Version);
        head.Hash.CopyTo(content.AsSpan(sizeof(int) + stream.Length + sizeof(long)));
        return Tagged(LeafTag, content);
    }

    public static byte[] OfSeal(SealHeader header)
    {
        var content = new byte[(4 * sizeof(long)) + (3 * Bytes)];
        BinaryPrimitives.WriteInt64BigEndian(content, header.Number);
        BinaryPrimitives.WriteInt64BigEndian(content.AsSpan(8), header.FirstPosition);
        BinaryPrimitives.WriteInt64BigEndian(content.AsSpan(16), header.LastPosition);
        BinaryPrimitives.WriteInt64BigEndian(content.AsSpan(24), header.SealedAt.UtcTicks / TimeSpan.TicksPerMicrosecond);
        header.MerkleRoot.CopyTo(content.AsSpan(32));
        header.EventHashesDigest.CopyTo(content.AsSpan(32 + Bytes));
        header.PreviousSeal.CopyTo(content.AsSpan(32 + (2 * Bytes)));
        return Tagged(SealTag, content);
    }

    private static byte[] Pair(byte tag, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        Span<byte> content = stackalloc byte[1 + (2 * Bytes)];
        content[0] = tag;
        first.CopyTo(content[1..]);
        second.CopyTo(content[(1 + Bytes)..]);
        return SHA256.HashData(content);
    }

    private static byte[] Tagged(byte tag, ReadOnlySpan<byte> content)
    {
        var rented = ArrayPool<byte>.Shared.Rent(content.Length + 1);
        rented[0] = tag;
        content.CopyTo(rented.AsSpan(1));
        var hash = SHA256.HashData(rented.AsSpan(0, content.Length + 1));
        ArrayPool<byte>.Shared.Return(rented);
        return hash;
    }
}

/// <summary>How far a stream's chain has come.</summary>
/// <param name="Hash">The chain's hash at the event with this version.</param>
internal readonly record struct ChainHead(string Stream, long Version, byte[] Hash);
