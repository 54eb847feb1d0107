using Payments.EventStore.Sealing;

namespace UnitTests.Sealing;

public sealed class ChainHeadsTests
{
    [Fact]
    public void The_ones_used_last_are_remembered_and_the_others_are_forgotten()
    {
        var heads = new ChainHeads(countMin: 10);
        for (var i = 1; i <= 100; i++)
        {
            heads.Set(new ChainHead($"wallet/{i}", i, [(byte)i]));
            Assert.True(heads.TryGet("wallet/1", out _));
        }

        Assert.All(Enumerable.Range(92, 9), i => Assert.True(heads.TryGet($"wallet/{i}", out var head) && head.Version == i));
        Assert.Equal(0, Enumerable.Range(2, 78).Count(i => heads.TryGet($"wallet/{i}", out _)));
    }

    [Fact]
    public void The_newest_head_of_a_stream_is_the_one_that_is_given()
    {
        var heads = new ChainHeads(countMin: 2);
        for (var version = 1; version <= 9; version++)
        {
            heads.Set(new ChainHead("wallet/a", version, [(byte)version]));
            heads.Set(new ChainHead($"wallet/{version}", 1, [0]));
            Assert.True(heads.TryGet("wallet/a", out var head));
            Assert.Equal(version, head.Version);
        }
    }
}
