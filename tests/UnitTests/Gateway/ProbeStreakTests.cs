using Payments.Gateway.Proxying;

namespace UnitTests.Gateway;

public sealed class ProbeStreakTests
{
    [Theory]
    [InlineData("", true)]
    [InlineData("--", true)]
    [InlineData("---", false)]
    [InlineData("--+--", true)]
    [InlineData("--+---", false)]
    [InlineData("---++", false)]
    [InlineData("---+++", true)]
    [InlineData("---++-++", false)]
    [InlineData("---++-+++", true)]
    [InlineData("---+++--", true)]
    [InlineData("---+++---", false)]
    [InlineData("+++++++++---", false)]
    public void Three_failures_in_a_row_take_it_out_and_three_successes_in_a_row_take_it_back(string probes, bool expectedIn)
    {
        var end = probes.Aggregate(new ProbeStreak(Out: false, Length: 0), (streak, probe) => streak.After(good: probe == '+'));
        Assert.Equal(expectedIn, !end.Out);
    }
}
