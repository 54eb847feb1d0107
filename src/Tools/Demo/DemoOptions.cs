using System.CommandLine;
using System.CommandLine.Parsing;
using Payments.Standalone;

namespace Payments.Tools.Demo;

/// <summary>What the demo does, and where.</summary>
/// <param name="RatePerSecond">Payments that are begun in a second.</param>
/// <param name="Trouble">Whether something goes wrong, too; that needs a platform in Development.</param>
internal sealed record DemoOptions(Uri Gateway, string Key, int Payments, int RatePerSecond, int Seed, bool Trouble)
{
    public static Command Command(Func<DemoOptions, CancellationToken, Task<int>> run)
    {
        var payments = new NumberOption("--payments", 400, 1, 100_000, "payments in all");
        var rate = new NumberOption("--rate", 20, 1, 500, "payments a second");
        var calm = new Option<bool>("--calm") { Description = "no trouble" };
        var gateway = new Option<Uri>("--gateway")
        {
            Description = "the platform; on the port in PAYMENTS_GATEWAY_PORT unless told",
            DefaultValueFactory = result => Address(result, $"http://127.0.0.1:{GatewayPort()}"),
            CustomParser = result => Address(result, result.Tokens[0].Value),
        };
        var key = new Option<string>("--key")
        {
            Description = "an API key; for trouble it needs the scope admin",
            DefaultValueFactory = _ => "dev-key",
        };
        var seed = new NumberOption("--seed", null, 0, int.MaxValue, "the same makes the same town; another one each time unless told");
        var command = new Command("demo", """
            Fills a running platform with a day of traffic, and with trouble to look at.

            The platform is one that ./payments run started. The traffic is that of a small town, through the public API: people and shops
            with wallets in four currencies, payments by wallet and by card, transfers, refunds, holds, declines, empty purses. The trouble
            is for the console: a storm of declines, a card processor that is down, a wallet whose messages fail, sagas that are stuck. It
            takes two to three minutes, most of them for the troubles to ripen, and tells what to look for. It can be run again.
            Exit code: 0 done, 2 it could not be done.
            """) { payments, rate, calm, gateway, key, seed };
        command.SetAction((parsed, cancel) => run(
            new(parsed.GetRequiredValue(gateway), parsed.GetRequiredValue(key), parsed.GetValue(payments), parsed.GetValue(rate),
                parsed.GetResult(seed) is null ? Environment.TickCount & int.MaxValue : parsed.GetValue(seed), !parsed.GetValue(calm)),
                cancel));
        return command;
    }

    private static string GatewayPort() =>
        Environment.GetEnvironmentVariable(StandaloneOptions.GatewayPortName) is { Length: > 0 } port ? port : "8080";

    private static Uri Address(ArgumentResult result, string text)
    {
        if (Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
            return address;
        result.AddError($"--gateway must be an address such as http://127.0.0.1:8080, not '{text}'.");
        return null!;   // Nobody sees it: there is an error.
    }
}
