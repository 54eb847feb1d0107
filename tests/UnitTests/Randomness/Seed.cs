using System.Globalization;

namespace UnitTests.Randomness;

/// <summary>
/// The one source of randomness of a test run. Every random test prints its seed, and <c>PAYMENTS_TEST_SEED=&lt;seed&gt;</c> runs
/// it again with the same values, whichever tests run beside it.
/// </summary>
public static class Seed
{
    public const string Variable = "PAYMENTS_TEST_SEED";

    private static readonly int OfRun = FromEnvironment() ?? Random.Shared.Next();

    /// <summary>The seed, printed into the output of the running test: how the test with this output is run again.</summary>
    public static int Printed()
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"{Variable}={OfRun}");
        return OfRun;
    }

    /// <summary>A source of random values for the running test; it starts anew from the seed at every call.</summary>
    public static Random NewRandom() => new(Printed());

    private static int? FromEnvironment() => Environment.GetEnvironmentVariable(Variable) switch
    {
        null or "" => null,
        var text when int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seed) => seed,
        var text => throw new FormatException($"{Variable} is a 32-bit integer, not '{text}'."),
    };
}
