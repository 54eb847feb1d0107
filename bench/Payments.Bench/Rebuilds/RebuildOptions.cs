using System.CommandLine;
using Payments.Tools;

namespace Payments.Bench.Rebuilds;

/// <summary>What to measure.</summary>
internal sealed record RebuildOptions(int Events, int Streams, int Rounds, int Seconds)
{
    public static Command Command()
    {
        var events = new NumberOption("--events", 1_000_000, 10_000, 100_000_000, "events in the log");
        var streams = new NumberOption("--streams", 10_000, 100, 1_000_000, "streams that they belong to");
        var rounds = new NumberOption("--rounds", 3, 1, 20, "rebuilds");
        var seconds = new NumberOption("--seconds", 5, 1, 300, "how long the log is followed");
        var command = new Command("rebuild", """
            Events a second: a projection rebuilt from the log, and the log read and followed.

            Fills a log with events of random streams, then rebuilds a projection (balance and number of events by stream) beside the one
            that serves, and checks it; then reads the log from its beginning, and follows it while it is written to.
            """) { events, streams, rounds, seconds };
        command.SetAction((parsed, cancel) => RebuildBench.RunAsync(
            new(parsed.GetValue(events), parsed.GetValue(streams), parsed.GetValue(rounds), parsed.GetValue(seconds)), cancel));
        return command;
    }
}
