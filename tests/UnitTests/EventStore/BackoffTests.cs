using Payments.EventStore.Subscriptions;
using UnitTests.Randomness;

namespace UnitTests.EventStore;

public sealed class BackoffTests
{
    [Theory]
    [InlineData(1, 50, 100)]
    [InlineData(2, 100, 200)]
    [InlineData(5, 800, 1_600)]
    [InlineData(9, 12_800, 25_600)]
    [InlineData(10, 15_000, 30_000)]
    [InlineData(int.MaxValue, 15_000, 30_000)]
    public void It_doubles_up_to_half_a_minute_and_leaves_half_of_it_to_chance(int failures, int leastMs, int mostMs)
    {
        var random = Seed.NewRandom();
        var waits = Enumerable.Range(0, 200).Select(_ => Backoff.After(failures, random).TotalMilliseconds).ToList();

        Assert.All(waits, wait => Assert.InRange(wait, leastMs, mostMs));
        Assert.True(waits.Max() - waits.Min() > (mostMs - leastMs) / 2.0);
    }
}
