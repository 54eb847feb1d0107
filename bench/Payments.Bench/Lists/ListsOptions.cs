using System.CommandLine;
using Payments.Tools;

namespace Payments.Bench.Lists;

/// <summary>What to measure.</summary>
internal sealed record ListsOptions(int DeadLetters, int Events, int Rounds)
{
    public static Command Command()
    {
        var deadLetters = new NumberOption("--dead-letters", 100_000, LongStore.Groups, 1_000_000, "of the wallet service");
        var events = new NumberOption("--events", 1_000_000, 1_000, 10_000_000, "more events in its log");
        var rounds = new NumberOption("--rounds", 5, 1, 100, "how often each is opened");
        var command = new Command("lists", """
            How long the console's lists take to open when the store is full, beside an almost empty one.

            In Chromium, signed in, from the address to the first row, and how long the frames are when they are scrolled down: with a few
            dead letters and events, then with many.
            """) { deadLetters, events, rounds };
        command.SetAction((parsed, cancel) => ListsBench.RunAsync(
            new(parsed.GetValue(deadLetters), parsed.GetValue(events), parsed.GetValue(rounds)), cancel));
        return command;
    }
}
