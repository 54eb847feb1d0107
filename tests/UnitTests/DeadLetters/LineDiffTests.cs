using Payments.Messaging.DeadLetters;
using UnitTests.Randomness;

namespace UnitTests.DeadLetters;

public sealed class LineDiffTests
{
    [Theory]
    [InlineData("a b c", "a b c", " a, b, c")]
    [InlineData("a b c", "a x c", " a,-b,+x, c")]
    [InlineData("a b c", "b c d", "-a, b, c,+d")]
    [InlineData("", "a", "-,+a")]
    [InlineData("a b", "b a", "-a, b,+a")]
    public void What_stays_goes_and_comes(string before, string after, string expected) => Assert.Equal(
        expected, string.Join(',', LineDiff.Between(before.Split(' '), after.Split(' ')).Select(l => l.Op + l.Text)));

    [Fact]
    public void Without_the_new_lines_it_is_the_text_before_and_without_the_old_ones_the_text_after()
    {
        var random = Seed.NewRandom();
        for (var run = 0; run < 300; run++)
        {
            var (before, after) = (Text(), Text());

            var lines = LineDiff.Between(before, after);

            Assert.Equal(before, lines.Where(l => l.Op != "+").Select(l => l.Text));
            Assert.Equal(after, lines.Where(l => l.Op != "-").Select(l => l.Text));
        }

        List<string> Text() => [.. Enumerable.Range(0, random.Next(0, 12)).Select(_ => ((char)('a' + random.Next(4))).ToString())];
    }

    [Fact]
    public void What_is_very_long_goes_and_comes_as_a_whole()
    {
        var lines = LineDiff.Between([.. Enumerable.Repeat("a", 1_001)], ["a"]);

        Assert.Equal((1_001, 1), (lines.Count(l => l.Op == "-"), lines.Count(l => l.Op == "+")));
    }
}
