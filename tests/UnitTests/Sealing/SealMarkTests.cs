using Payments.EventStore.Sealing;

namespace UnitTests.Sealing;

public sealed class SealMarkTests
{
    private const string Hash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

    [Fact]
    public void A_mark_is_read_as_it_is_written()
    {
        Assert.True(SealMark.TryParse(new SealMark(12, Hash).ToString(), out var mark));
        Assert.Equal(new SealMark(12, Hash), mark);
        Assert.True(SealMark.TryParse("12:" + Hash.ToUpperInvariant(), out mark));
        Assert.Equal(new SealMark(12, Hash), mark);
    }

    [Theory]
    [InlineData("")]
    [InlineData(Hash)]
    [InlineData("0:" + Hash)]
    [InlineData("-1:" + Hash)]
    [InlineData("1:" + Hash + "00")]
    [InlineData("1:" + Hash + ":")]
    [InlineData("1:9g86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    public void Anything_else_is_no_mark(string text) => Assert.False(SealMark.TryParse(text, out _));
}
