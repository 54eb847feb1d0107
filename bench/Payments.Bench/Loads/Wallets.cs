using System.Text.Json.Nodes;
using Payments.Bench.Appends;
using Payments.Bench.Emmett;
using Payments.Domain.Wallets;
using Payments.EventStore.Aggregates;
using Payments.EventStore.Contract;

namespace Payments.Bench.Loads;

/// <summary>Lays the same wallets into every store, with their snapshots in the event store.</summary>
internal sealed class Wallets(IEventStore store, IAppendTarget? plain, EmmettProcess? emmett)
{
    /// <summary>What an interval of 100 leaves at most behind a snapshot.</summary>
    public const int EventsAfterSnapshot = 99;

    private const int BatchMax = 500;

    private readonly AggregateDefinition<Wallet, WalletEvent> _definition = SampleWallet.Definition(withSnapshots: true);

    /// <summary>One more wallet: so many events, a snapshot, and <see cref="EventsAfterSnapshot"/> events.</summary>
    /// <returns>Its stream, and its balance in minor units.</returns>
    public async Task<(StreamId Stream, long Posted)> AddAsync(int eventsBeforeSnapshot, CancellationToken cancel)
    {
        var id = Guid.CreateVersion7();
        var stream = _definition.Stream(id);
        var events = SampleWallet.Events(id, eventsBeforeSnapshot + EventsAfterSnapshot);
        var stored = events.Select(ToStore).ToList();
        for (var from = 0; from < stored.Count; from += BatchMax)
        {
            var batch = stored.GetRange(from, Math.Min(BatchMax, stored.Count - from));
            await AppendAsync(stream, from, batch, cancel);
        }

        if (emmett is not null)
            await emmett.AskAsync(Seed(stream, stored), cancel);
        var atSnapshot = events.Take(eventsBeforeSnapshot).Aggregate((Wallet?)null, Wallet.Evolve)!;
        var format = _definition.Snapshots!;
        await store.SaveSnapshotsAsync([new Snapshot(stream, eventsBeforeSnapshot, format.Schema, format.Encode(atSnapshot))], cancel);
        return (stream, events.Skip(eventsBeforeSnapshot).Aggregate(atSnapshot, Wallet.Evolve).Posted.Minor);
    }

    private async Task AppendAsync(StreamId stream, int from, List<NewEvent> batch, CancellationToken cancel)
    {
        var unit = new AppendUnit { Streams = [new(stream, ExpectedVersion.Exactly(from), batch)] };
        if (await store.AppendAsync(unit, cancel) is not AppendResult.Appended)
            throw new NoResultException($"The event store refused an append to {stream}, which nobody else writes to.");
        if (plain is not null)
            await plain.AppendAsync(stream, from, batch, cancel);
    }

    private NewEvent ToStore(WalletEvent e)
    {
        var (type, schema, json) = _definition.Encode(e);
        var metadata = new EventMetadata(Guid.CreateVersion7(), Guid.CreateVersion7(), "bench", null, "user/bench-0001");
        return new NewEvent(Guid.CreateVersion7(), type, schema, json, metadata);
    }

    private static JsonObject Seed(StreamId stream, List<NewEvent> events) => new()
    {
        ["do"] = "seed",
        ["stream"] = EmmettLoading.StreamName(stream),
        ["events"] = new JsonArray([.. events.Select(e => new JsonObject { ["type"] = e.Type, ["data"] = JsonNode.Parse(e.Data.Span) })]),
    };
}
