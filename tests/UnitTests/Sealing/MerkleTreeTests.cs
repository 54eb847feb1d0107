using System.Security.Cryptography;
using FsCheck.Fluent;
using Payments.EventStore.Sealing;
using UnitTests.Randomness;

namespace UnitTests.Sealing;

public sealed class MerkleTreeTests
{
    [Fact]
    public void The_root_is_that_of_RFC_6962_and_every_leaf_has_a_path_to_it() => Invariant.HoldsForAll(
        Gen.Choose(1, 200).ToArbitrary(),
        count =>
        {
            var heads = MerkleTree.Ordered(Heads(count));
            var root = MerkleTree.Root(heads);
            Assert.Equal(Naive([.. heads.Select(h => SealHash.Leaf(h))]), root);
            for (var leaf = 0; leaf < count; leaf++)
            {
                Assert.Equal(root, MerkleTree.RootOf(SealHash.Leaf(heads[leaf]), MerkleTree.Path(heads, leaf)));
            }
        },
        count: 40);

    [Fact]
    public void The_order_in_which_streams_come_makes_no_difference_and_everything_else_does()
    {
        var heads = Heads(5).ToList();
        var root = MerkleTree.Root(MerkleTree.Ordered(heads));

        Assert.Equal(root, MerkleTree.Root(MerkleTree.Ordered(heads.AsEnumerable().Reverse())));
        Assert.NotEqual(root, MerkleTree.Root(MerkleTree.Ordered(heads.Skip(1))));
        Assert.NotEqual(root, MerkleTree.Root(MerkleTree.Ordered([heads[0] with { Version = 99 }, .. heads.Skip(1)])));
        Assert.NotEqual(root, MerkleTree.Root(MerkleTree.Ordered([heads[0] with { Stream = "wallet/x" }, .. heads.Skip(1)])));
    }

    [Fact]
    public void Two_leaves_are_not_taken_for_a_node()
    {
        var heads = MerkleTree.Ordered(Heads(2));

        Assert.Equal([MerkleTree.Root(heads)], [SealHash.Node(SealHash.Leaf(heads[0]), SealHash.Leaf(heads[1]))]);
        Assert.NotEqual(SHA256.HashData([.. SealHash.Leaf(heads[0]), .. SealHash.Leaf(heads[1])]), MerkleTree.Root(heads));
    }

    // MTH of RFC 6962, section 2.1, word for word: k is the largest power of two smaller than n.
    private static byte[] Naive(byte[][] leaves)
    {
        if (leaves.Length == 1)
        {
            return leaves[0];
        }

        var k = 1;
        while (k * 2 < leaves.Length)
        {
            k *= 2;
        }

        return SHA256.HashData([1, .. Naive(leaves[..k]), .. Naive(leaves[k..])]);
    }

    private static IEnumerable<ChainHead> Heads(int count) =>
        Enumerable.Range(1, count).Select(i => new ChainHead($"wallet/{i}", i, SHA256.HashData([(byte)i])));
}
