namespace Payments.Bench.FailingUser;

/// <summary>What to measure; see <see cref="Usage.FailingUser"/>.</summary>
internal sealed record FailingUserOptions(int Rate, int FailingRate, int Wallets, int Seconds)
{
    /// <exception cref="BadArgumentException">An argument that means nothing.</exception>
    public static FailingUserOptions Parse(IReadOnlyList<string> given)
    {
        var arguments = new Arguments(given, "--rate", "--failing-rate", "--wallets", "--seconds");
        return new FailingUserOptions(
            arguments.Number("--rate", 200, 1, 2_000),
            arguments.Number("--failing-rate", 10, 1, 200),
            arguments.Number("--wallets", 1_000, 3, 100_000),
            arguments.Number("--seconds", 30, 1, 30)); // Retries go on for about a minute, then it would be a dead letter.
    }
}
