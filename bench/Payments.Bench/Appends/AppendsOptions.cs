using System.CommandLine;
using Payments.Tools;

namespace Payments.Bench.Appends;

/// <summary>What to measure.</summary>
internal sealed record AppendsOptions(
    IReadOnlyList<int> Callers, IReadOnlyList<int> Events, int Seconds, int Rounds, int Pool, IReadOnlyList<string> Peers)
{
    public static Command Command()
    {
        var callers = new NumbersOption("--callers", [1, 8, 32, 128], 1, 1_024, "concurrent callers, each with one append on its way");
        var events = new NumbersOption("--events", [1, 10], 1, 1_000, "events in one append");
        var seconds = new NumberOption("--seconds", 3, 1, 300, "how long one measurement lasts");
        var rounds = new NumberOption("--rounds", 3, 1, 20, "measurements of each kind");
        var pool = new NumberOption("--pool", 100, 1, 250, "connections that each store may open");
        var peers = Peer.Option();
        var command = new Command("appends", """
            Durable appends a second: the event store beside a plain one and Emmett.

            With many concurrent callers. They take turns on the same server with connection pools of the same size; medians of the rounds
            are shown. The peers:
              plain    two tables and one transaction an append, called as the event store is
              emmett   @event-driven-io/emmett-postgresql in a Node process; without Node, or npm to install it, it is left out
            """) { callers, events, seconds, rounds, pool, peers };
        command.SetAction((parsed, cancel) => AppendsBench.RunAsync(
            new(parsed.GetRequiredValue(callers), parsed.GetRequiredValue(events), parsed.GetValue(seconds), parsed.GetValue(rounds),
                parsed.GetValue(pool), parsed.GetRequiredValue(peers)), cancel));
        return command;
    }
}
