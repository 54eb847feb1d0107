using FsCheck.Fluent;

namespace UnitTests.Randomness;

public sealed class SeedTests
{
    [Fact]
    public void A_random_test_prints_the_seed_that_runs_it_again()
    {
        var seed = Seed.Printed();

        Assert.Contains($"PAYMENTS_TEST_SEED={seed}", TestContext.Current.TestOutputHelper!.Output, StringComparison.Ordinal);
        Assert.Equal(new Random(seed).Next(), Seed.NewRandom().Next());
    }

    [Fact]
    public void An_invariant_sees_the_same_values_in_every_run_of_one_seed()
    {
        Assert.Equal(Seen(), Seen());

        static List<int> Seen()
        {
            var seen = new List<int>();
            Invariant.HoldsForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seen.Add, count: 20);
            return seen;
        }
    }

    [Fact]
    public void An_invariant_that_fails_tells_the_value_that_fails_it()
    {
        var failure = Assert.ThrowsAny<Exception>(() =>
            Invariant.HoldsForAll(Gen.Choose(0, 1000).ToArbitrary(), value => Assert.True(value < 0)));

        Assert.Contains("Falsifiable", failure.Message, StringComparison.Ordinal);
    }
}
