using System.CommandLine;
using Payments.Tools;

namespace Payments.Bench.FailingUser;

/// <summary>What to measure.</summary>
internal sealed record FailingUserOptions(int Rate, int FailingRate, int Wallets, int Seconds)
{
    public static Command Command()
    {
        var rate = new NumberOption("--rate", 200, 1, 2_000, "payments a second of all the others");
        var failingRate = new NumberOption("--failing-rate", 10, 1, 200, "payments a second of the failing user");
        var wallets = new NumberOption("--wallets", 1_000, 3, 100_000, "wallets that pay each other");
        // Retries go on for about a minute, then it would be a dead letter.
        var seconds = new NumberOption("--seconds", 30, 1, 30, "seconds of each of the three");
        var command = new Command("failing-user", """
            Latency of other users' payments while a consumer fails on all messages of one, beside before and after.

            Wallet payments through the gateway of a Standalone, begun on time whether or not earlier ones have ended: before, while the
            saga service fails on every message of one user who goes on paying, and after. That user's payments are parked, tried again,
            and end once it is over. At the end every wallet is checked to the cent.
            """) { rate, failingRate, wallets, seconds };
        command.SetAction((parsed, cancel) => FailingUserBench.RunAsync(
            new(parsed.GetValue(rate), parsed.GetValue(failingRate), parsed.GetValue(wallets), parsed.GetValue(seconds)), cancel));
        return command;
    }
}
