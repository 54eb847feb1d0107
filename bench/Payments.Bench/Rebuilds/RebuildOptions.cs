namespace Payments.Bench.Rebuilds;

/// <summary>What to measure; see <see cref="Usage.Rebuild"/>.</summary>
internal sealed record RebuildOptions(int Events, int Streams, int Rounds, int Seconds)
{
    /// <exception cref="BadArgumentException">An argument that means nothing.</exception>
    public static RebuildOptions Parse(IReadOnlyList<string> given)
    {
        var arguments = new Arguments(given, "--events", "--streams", "--rounds", "--seconds");
        return new RebuildOptions(
            arguments.Number("--events", 1_000_000, 10_000, 100_000_000),
            arguments.Number("--streams", 10_000, 100, 1_000_000),
            arguments.Number("--rounds", 3, 1, 20),
            arguments.Number("--seconds", 5, 1, 300));
    }
}
