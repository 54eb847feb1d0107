using System.Globalization;

namespace Payments.Tools.Demo;

/// <summary>What the demo does, and where.</summary>
/// <param name="RatePerSecond">Payments that are begun in a second.</param>
/// <param name="Trouble">Whether something goes wrong, too; that needs a platform in Development.</param>
internal sealed record DemoOptions(Uri Gateway, string Key, int Payments, int RatePerSecond, int Seed, bool Trouble)
{
    public const string Usage = """
        Usage: ./payments demo [--payments <number>] [--rate <number>] [--calm] [--gateway <address>] [--key <key>] [--seed <number>]

        Fills a running platform (./payments run) with the traffic of a day in a small town, through its public API: people and shops with
        wallets in four currencies, payments by wallet and by card, transfers, refunds, holds, declines, empty purses. And with trouble to
        look at in the console: a storm of declines, a card processor that is down, a wallet whose messages fail, sagas that are stuck.
        It takes two to three minutes, most of them for the troubles to ripen, and tells what to look for. It can be run again.
        Exit code: 0 done, 2 it could not be done.

          --payments <number>   400 unless told
          --rate <number>       payments a second; 20 unless told
          --calm                no trouble
          --gateway <address>   http://127.0.0.1:8080 unless told, or the port in PAYMENTS_GATEWAY_PORT
          --key <key>           dev-key unless told; for trouble it needs the scope admin
          --seed <number>       the same seed makes the same town; another one each time unless told

        """;

    private const int PaymentsMax = 100_000;
    private const int RateMax = 500;

    /// <exception cref="BadArgumentException">An argument that means nothing.</exception>
    public static DemoOptions Parse(IReadOnlyList<string> given)
    {
        var arguments = new Arguments(given, ["--payments", "--rate", "--gateway", "--key", "--seed"], ["--calm"]);
        var payments = arguments.Number("--payments", 1) ?? 400;
        var rate = arguments.Number("--rate", 1) ?? 20;
        if (payments > PaymentsMax || rate > RateMax)
            throw new BadArgumentException($"--payments may be {PaymentsMax} at most, and --rate {RateMax}.");
        var seed = arguments.Number("--seed", 0) ?? (uint)Environment.TickCount & int.MaxValue;
        return new(
            Address(arguments.Text("--gateway")),
            arguments.Text("--key") ?? "dev-key",
            (int)payments,
            (int)rate,
            (int)(seed & int.MaxValue),
            !arguments.Has("--calm"));
    }

    private static Uri Address(string? given)
    {
        var port = Environment.GetEnvironmentVariable("PAYMENTS_GATEWAY_PORT");
        var text = given ?? string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{(string.IsNullOrEmpty(port) ? "8080" : port)}");
        return Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? new Uri(text)
            : throw new BadArgumentException($"--gateway must be an address such as http://127.0.0.1:8080, not '{text}'.");
    }
}
