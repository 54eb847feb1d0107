namespace Payments.Bench.Lists;

/// <summary>What to measure; see <see cref="Usage.Lists"/>.</summary>
internal sealed record ListsOptions(int DeadLetters, int Events, int Rounds)
{
    /// <exception cref="BadArgumentException">An argument that means nothing.</exception>
    public static ListsOptions Parse(IReadOnlyList<string> given)
    {
        var arguments = new Arguments(given, "--dead-letters", "--events", "--rounds");
        return new ListsOptions(
            arguments.Number("--dead-letters", 100_000, LongStore.Groups, 1_000_000),
            arguments.Number("--events", 1_000_000, 1_000, 10_000_000),
            arguments.Number("--rounds", 5, 1, 100));
    }
}
