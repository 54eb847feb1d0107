using FsCheck;
using FsCheck.Fluent;

namespace UnitTests.Randomness;

/// <summary>Checks on random values what must be true of every value; a failure shows the smallest one found.</summary>
public static class Invariant
{
    // SplitMix64's increment, odd as it must be: FsCheck wants one beside the seed.
    private const ulong Gamma = 0x9E3779B97F4A7C15;

    /// <summary>Runs <paramref name="assert"/> on <paramref name="count"/> values.</summary>
    public static void HoldsForAll<T>(Arbitrary<T> values, Action<T> assert, int count = 500)
    {
        var config = Config.QuickThrowOnFailure
            .WithMaxTest(count)
            .WithReplay((ulong)Seed.Printed(), Gamma)
            .WithQuietOnSuccess(true);
        Prop.ForAll(values, assert).Check(config);
    }
}
