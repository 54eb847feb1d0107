namespace Payments.Bench.Consoles;

/// <summary>What to measure; see <see cref="Usage.Consoles"/>.</summary>
internal sealed record ConsolesOptions(
    int Consoles, IReadOnlyList<string> Pages, int Callers, int Rate, int Wallets, int Seconds, int Rounds)
{
    private const string StandardPages = "/,/payments,/sagas,/dead-letters,/events,/consumers";

    /// <exception cref="BadArgumentException">An argument that means nothing.</exception>
    public static ConsolesOptions Parse(IReadOnlyList<string> given)
    {
        var arguments = new Arguments(given, "--consoles", "--pages", "--callers", "--rate", "--wallets", "--seconds", "--rounds");
        return new ConsolesOptions(
            arguments.Number("--consoles", 50, 1, 500),
            PagesOf(arguments.Text("--pages") ?? StandardPages),
            arguments.Number("--callers", 64, 1, 4096),
            arguments.Number("--rate", 100, 1, 2_000),
            arguments.Number("--wallets", 1_000, 2, 100_000),
            arguments.Number("--seconds", 15, 1, 300),
            arguments.Number("--rounds", 3, 1, 20));
    }

    private static string[] PagesOf(string text) => text.Split(',') is var pages && pages.All(page => page.StartsWith('/'))
        ? pages
        : throw new BadArgumentException($"--pages is paths of the console with commas between, not '{text}'.");
}
