using Payments.EventStore.Contract;
using SimulationTests.Plans;
using SimulationTests.Worlds;

namespace SimulationTests.Services;

/// <summary>
/// A service's store as its processes meet it: now and then it gives no answer, or the process ends before or after it does.
/// </summary>
internal sealed class FaultyStore(World world, IEventStore store) : IEventStore
{
    public string Name => store.Name;

    public Task<AppendResult> AppendAsync(AppendUnit unit, CancellationToken cancel)
    {
        if (world.Strikes(Faults.StoreTrouble))
        {
            return Trouble(unit, new StoreUnavailableException("No answer.", new TimeoutException()));
        }

        return world.Strikes(Faults.Crashes) ? Trouble(unit, new Crashed()) : Told(unit, store.AppendAsync(unit, cancel));
    }

    public Task<AppendResult> RehearseAsync(AppendUnit unit, CancellationToken cancel) => store.RehearseAsync(unit, cancel);

    public Task<IReadOnlyList<StoredEvent>> ReadStreamAsync(StreamId stream, VersionRange range, int countMax, CancellationToken cancel) =>
        store.ReadStreamAsync(stream, range, countMax, cancel);

    public Task<IReadOnlyList<StoredEvent>> ReadStreamBackwardsAsync(
        StreamId stream, VersionRange range, int countMax, CancellationToken cancel) =>
        store.ReadStreamBackwardsAsync(stream, range, countMax, cancel);

    public Task<IReadOnlyDictionary<StreamId, StreamRest>> ReadStreamsAsync(
        IReadOnlyList<(StreamId Stream, long AfterVersion)> streams, int? snapshotSchema, CancellationToken cancel) =>
        store.ReadStreamsAsync(streams, snapshotSchema, cancel);

    public Task<Snapshot?> FindSnapshotAsync(StreamId stream, int schema, CancellationToken cancel) =>
        store.FindSnapshotAsync(stream, schema, cancel);

    public Task SaveSnapshotsAsync(IReadOnlyList<Snapshot> snapshots, CancellationToken cancel) =>
        store.SaveSnapshotsAsync(snapshots, cancel);

    public Task<IReadOnlyList<StoredEvent>> ReadAllAsync(long afterPosition, int countMax, EventFilter filter, CancellationToken cancel) =>
        store.ReadAllAsync(afterPosition, countMax, filter, cancel);

    public Task<long> LastPositionAsync(CancellationToken cancel) => store.LastPositionAsync(cancel);

    public Task<long> StreamVersionAsync(StreamId stream, CancellationToken cancel) => store.StreamVersionAsync(stream, cancel);

    public IAsyncEnumerable<IReadOnlyList<StoredEvent>> TailAsync(long afterPosition, int batchMax, CancellationToken cancel) =>
        store.TailAsync(afterPosition, batchMax, cancel);

    public Task<IReadOnlyList<Watermark>> WatermarksAsync(string consumer, CancellationToken cancel) =>
        store.WatermarksAsync(consumer, cancel);

    public ValueTask<LogLineage> LineageAsync(CancellationToken cancel) => store.LineageAsync(cancel);

    public Task<Claim?> FindClaimAsync(string scope, string key, CancellationToken cancel) => store.FindClaimAsync(scope, key, cancel);

    private Task<AppendResult> Trouble(AppendUnit unit, Exception trouble)
    {
        var afterEffect = world.Dice.Chance(500) && Actor.Result(store.AppendAsync(unit, CancellationToken.None)) is AppendResult.Appended;
        var what = trouble is Crashed ? "crash" : "no answer";
        world.Saw(afterEffect ? $"{what} after an append" : $"{what} before an append");
        if (world.Trace.KeepsText)
        {
            world.Trace.Say(store.Name, $"{what} {(afterEffect ? "after" : "before")} {Summary(unit)} was stored");
        }

        return Task.FromException<AppendResult>(trouble);
    }

    private Task<AppendResult> Told(AppendUnit unit, Task<AppendResult> answer)
    {
        if (answer is { IsCompletedSuccessfully: true, Result: var result and not AppendResult.Appended })
        {
            world.Saw($"append answered {result.GetType().Name}");
            if (world.Trace.KeepsText)
            {
                world.Trace.Say(store.Name, $"refused {Summary(unit)}: {result.GetType().Name}");
            }
        }

        return answer;
    }

    private static string Summary(AppendUnit unit) =>
        unit.Streams.Sum(s => s.Events.Count) == 0
            ? "a unit without events"
            : string.Join(", ", unit.Streams.SelectMany(s => s.Events).Select(e => e.Type));
}
