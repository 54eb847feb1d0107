namespace Payments.EventStore.Sealing;

/// <summary>The Merkle tree of RFC 6962, section 2.1, over the heads of the streams that an interval changed.</summary>
internal static class MerkleTree
{
    /// <summary>Heads in the order in which they are leaves. There is at least one.</summary>
    public static List<ChainHead> Ordered(IEnumerable<ChainHead> heads) => [.. heads.OrderBy(h => h.Stream, StringComparer.Ordinal)];

    public static byte[] Root(IReadOnlyList<ChainHead> ordered)
    {
        var hashes = new byte[ordered.Count][];
        for (var i = 0; i < hashes.Length; i++)
        {
            hashes[i] = SealHash.Leaf(ordered[i]);
        }

        return Root(hashes);
    }

    /// <summary>What a leaf is to be hashed with to get to the root, from the leaf upwards.</summary>
    public static List<MerkleStep> Path(IReadOnlyList<ChainHead> ordered, int leaf)
    {
        var path = new List<MerkleStep>();
        Span<byte[]> rest = [.. ordered.Select(head => SealHash.Leaf(head))];
        while (rest.Length > 1)
        {
            var split = SplitOf(rest.Length);
            if (leaf < split)
            {
                path.Add(new MerkleStep(IsLeft: false, Root(rest[split..])));
                rest = rest[..split];
            }
            else
            {
                path.Add(new MerkleStep(IsLeft: true, Root(rest[..split])));
                rest = rest[split..];
                leaf -= split;
            }
        }

        path.Reverse();
        return path;
    }

    public static byte[] RootOf(byte[] leaf, IEnumerable<MerkleStep> path) =>
        path.Aggregate(leaf, (hash, step) => step.IsLeft ? SealHash.Node(step.Hash, hash) : SealHash.Node(hash, step.Hash));

    private static byte[] Root(ReadOnlySpan<byte[]> leaves)
    {
        if (leaves.Length == 1)
        {
            return leaves[0];
        }

        var split = SplitOf(leaves.Length);
        return SealHash.Node(Root(leaves[..split]), Root(leaves[split..]));
    }

    // The largest power of two below the count.
    private static int SplitOf(int count) => 1 << (31 - int.LeadingZeroCount(count - 1));
}

/// <summary>A sibling on the way to the root.</summary>
/// <param name="IsLeft">It stands to the left of what has been computed so far.</param>
internal readonly record struct MerkleStep(bool IsLeft, byte[] Hash);
