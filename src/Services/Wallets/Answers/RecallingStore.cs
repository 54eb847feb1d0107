using Payments.EventStore.Contract;

namespace Payments.WalletService.Answers;

/// <summary>
/// The store of the wallet service. Where the database turns a unit away because a command in it was answered before, it recalls that, and
/// answers with a conflict: whoever appends decides anew, now knowing.
/// </summary>
/// <remarks>
/// A wallet remembers its last outcomes only, and a command may come again later than that. What came of it then is never lost: the ledger
/// has what was done, <c>refusals</c> has the rest, and each stands against the other. So a repeat does nothing, however late it is, and is
/// no dead letter.
/// </remarks>
internal sealed partial class RecallingStore(
    IEventStore store, IStoredResponses answers, Recollections recollections, ILogger<RecallingStore> log)
    : IEventStore
{
    public string Name => store.Name;

    public async Task<AppendResult> AppendAsync(AppendUnit unit, CancellationToken cancel)
    {
        try
        {
            return await store.AppendAsync(unit, cancel);
        }
        catch (StoreRejectedException) when (unit.Streams is [var first, ..])
        {
            if (await RecallAsync(unit, cancel) == 0)
            {
                throw; // Nothing new: it was turned away for something else.
            }

            return new AppendResult.Conflict(first.Stream, first.Expected, first.Expected.Value);
        }
    }

    public async Task<AppendResult> RehearseAsync(AppendUnit unit, CancellationToken cancel)
    {
        try
        {
            return await store.RehearseAsync(unit, cancel);
        }
        catch (StoreRejectedException) when (unit.Streams is [var first, ..])
        {
            if (await RecallAsync(unit, cancel) == 0)
            {
                throw;
            }

            return new AppendResult.Conflict(first.Stream, first.Expected, first.Expected.Value);
        }
    }

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

    private async Task<int> RecallAsync(AppendUnit unit, CancellationToken cancel)
    {
        List<Answered> asked = [.. Answered.In(unit).Distinct()];
        var answered = asked.Count == 0 ? [] : await answers.FindAsync(asked, cancel);
        var recalled = recollections.Add(answered);
        if (recalled > 0)
        {
            LogAnsweredFromStore(log, answered.Count);
        }

        return recalled;
    }

    [LoggerMessage(
        EventId = 6001,
        Level = LogLevel.Information,
        Message = "{Count} commands came again that wallets had answered and forgotten")]
    private static partial void LogAnsweredFromStore(ILogger log, int count);
}
