using System.CommandLine;
using Payments.Tools;

namespace Payments.Bench.Sealing;

/// <summary>What to measure.</summary>
internal sealed record SealingOptions(int Callers, int Events, int Seconds, int Rounds)
{
    public static Command Command()
    {
        var callers = new NumberOption("--callers", 32, 1, 1_024, "concurrent callers, each with one append on its way");
        var events = new NumberOption("--events", 1, 1, 1_000, "events in one append");
        var seconds = new NumberOption("--seconds", 5, 2, 300, "how long one measurement lasts");
        var rounds = new NumberOption("--rounds", 5, 1, 20, "measurements of each kind");
        var command = new Command("sealing", """
            The same appends with tamper evidence being written behind them, beside without.

            Durable appends a second on the event store, in turns with a sealer at work on the same log and without one: what tamper
            evidence costs those who append. Then what sealing and verifying cost by themselves. Both logs are verified at the end.
            """) { callers, events, seconds, rounds };
        command.SetAction((parsed, cancel) => SealingBench.RunAsync(
            new(parsed.GetValue(callers), parsed.GetValue(events), parsed.GetValue(seconds), parsed.GetValue(rounds)), cancel));
        return command;
    }
}
