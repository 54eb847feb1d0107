using System.Text.Json.Nodes;
using Payments.Bench.Emmett;

namespace Payments.Bench.Appends;

/// <summary>The other peer: Emmett, with the same load, which its own process makes (<c>bench/emmett/peer.mjs</c>).</summary>
internal sealed class EmmettPeer(EmmettProcess emmett) : IAppendContender
{
    public string Name => "emmett";

    public async Task<Measured> MeasureAsync(int callers, int eventsPerAppend, int seconds, CancellationToken cancel)
    {
        var request = new JsonObject { ["do"] = "append", ["callers"] = callers, ["events"] = eventsPerAppend, ["seconds"] = seconds };
        var measured = await emmett.AskAsync(request, cancel);
        return new Measured(
            (double)measured["appendsPerSecond"]!,
            (double?)measured["p50Ms"] ?? double.NaN,
            (double?)measured["p99Ms"] ?? double.NaN,
            (long)measured["events"]!);
    }

    public async Task<long> CountAsync(CancellationToken cancel) =>
        (long)(await emmett.AskAsync(new JsonObject { ["do"] = "count" }, cancel))["events"]!;

    public ValueTask DisposeAsync() => emmett.DisposeAsync();
}
