namespace Payments.Bench.Appends;

/// <summary>What to measure; see <see cref="Usage.Appends"/>.</summary>
internal sealed record AppendsOptions(
    IReadOnlyList<int> Callers, IReadOnlyList<int> Events, int Seconds, int Rounds, int Pool, IReadOnlyList<string> Peers)
{
    /// <exception cref="BadArgumentException">An argument that means nothing.</exception>
    public static AppendsOptions Parse(IReadOnlyList<string> given)
    {
        var arguments = new Arguments(given, "--callers", "--events", "--seconds", "--rounds", "--pool", "--peers");
        return new AppendsOptions(
            arguments.Numbers("--callers", [1, 8, 32, 128], 1, 1_024),
            arguments.Numbers("--events", [1, 10], 1, 1_000),
            arguments.Number("--seconds", 3, 1, 300),
            arguments.Number("--rounds", 3, 1, 20),
            arguments.Number("--pool", 100, 1, 250),
            arguments.Choices("--peers", Peer.All));
    }
}
