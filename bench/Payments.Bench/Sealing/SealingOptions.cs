namespace Payments.Bench.Sealing;

/// <summary>What to measure; see <see cref="Usage.Sealing"/>.</summary>
internal sealed record SealingOptions(int Callers, int Events, int Seconds, int Rounds)
{
    /// <exception cref="BadArgumentException">An argument that means nothing.</exception>
    public static SealingOptions Parse(IReadOnlyList<string> given)
    {
        var arguments = new Arguments(given, "--callers", "--events", "--seconds", "--rounds");
        return new SealingOptions(
            arguments.Number("--callers", 32, 1, 1_024),
            arguments.Number("--events", 1, 1, 1_000),
            arguments.Number("--seconds", 5, 2, 300),
            arguments.Number("--rounds", 5, 1, 20));
    }
}
