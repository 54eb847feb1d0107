using System.CommandLine;
using Payments.Tools;

namespace Payments.Bench.Loads;

/// <summary>What to measure.</summary>
internal sealed record LoadsOptions(IReadOnlyList<int> Sizes, int Streams, int Rounds, IReadOnlyList<string> Peers)
{
    public static Command Command()
    {
        var events = new NumbersOption("--events", [100, 1_000, 10_000], 1, 1_000_000, "events before the snapshot");
        var streams = new NumberOption("--streams", 20, 1, 1_000, "wallets of each size");
        var rounds = new NumberOption("--rounds", 5, 1, 100, "loads of each wallet");
        var peers = Peer.Option();
        var command = new Command("loads", """
            How long it takes to load a wallet of many events, with a snapshot and without, beside the same.

            From PostgreSQL, with nothing remembered in the process: from a snapshot and the 99 events after it, and from all events; on
            the plain store and with Emmett (see appends) from all events. They take turns.
            """) { events, streams, rounds, peers };
        command.SetAction((parsed, cancel) => LoadsBench.RunAsync(
            new(parsed.GetRequiredValue(events), parsed.GetValue(streams), parsed.GetValue(rounds), parsed.GetRequiredValue(peers)),
                cancel));
        return command;
    }
}
