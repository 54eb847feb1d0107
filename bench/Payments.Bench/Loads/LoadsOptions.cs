namespace Payments.Bench.Loads;

/// <summary>What to measure; see <see cref="Usage.Loads"/>.</summary>
internal sealed record LoadsOptions(IReadOnlyList<int> Sizes, int Streams, int Rounds, IReadOnlyList<string> Peers)
{
    /// <exception cref="BadArgumentException">An argument that means nothing.</exception>
    public static LoadsOptions Parse(IReadOnlyList<string> given)
    {
        var arguments = new Arguments(given, "--events", "--streams", "--rounds", "--peers");
        return new LoadsOptions(
            arguments.Numbers("--events", [100, 1_000, 10_000], 1, 1_000_000),
            arguments.Number("--streams", 20, 1, 1_000),
            arguments.Number("--rounds", 5, 1, 100),
            arguments.Choices("--peers", Peer.All));
    }
}
