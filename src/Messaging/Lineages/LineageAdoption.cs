using Payments.EventStore.Contract;
using Payments.Messaging.Consuming;

namespace Payments.Messaging.Lineages;

/// <summary>
/// Takes over what relays say of their logs. Where a log has gone back behind a watermark, the watermark goes back to where the log forked,
/// in the unit that stores the new lineage.
/// </summary>
/// <remarks>
/// Nothing is handled by a lineage that was stored before this process began, or before our own database was started anew: it may itself
/// come from a backup, and would let messages pass that are lost. So a relay must have spoken first.
/// </remarks>
internal sealed class LineageAdoption(
    string consumer, IEventStore store, ISourceLineages stored, AnnouncedLineages heard, Progress progress, TimeProvider clock)
{
    private IReadOnlyDictionary<string, LogLineage> _stored = new Dictionary<string, LogLineage>();
    private Guid? _incarnation;
    private long? _wordsAdopted;

    /// <summary>Takes what the database says, before the watermarks are read: they belong to these lineages or to later ones.</summary>
    public async Task ResetAsync(CancellationToken cancel)
    {
        var own = (await store.LineageAsync(cancel)).Latest.Id;
        if (_incarnation is { } before && before != own)
        {
            heard.Forget();
        }

        _incarnation = own;
        _stored = await stored.ReadAsync(consumer, cancel);
        progress.ForgetSources(own);
        _wordsAdopted = null;
    }

    /// <summary>Takes over what is new. Costs nothing when nothing is: it is called for every batch.</summary>
    /// <exception cref="StoreUnavailableException">Nothing is stored, or it is not known, or another member was faster: reset.</exception>
    public async Task AdoptAsync(CancellationToken cancel)
    {
        var words = heard.Words;
        if (words == _wordsAdopted)
        {
            return;
        }

        foreach (var (source, (lineage, saidAt)) in heard.All)
        {
            if (!lineage.IsSameAs(_stored.GetValueOrDefault(source)))
            {
                await StoreAsync(source, lineage, cancel);
            }

            progress.Learn(source, lineage, saidAt);
        }

        _wordsAdopted = words;
    }

    private async Task StoreAsync(string source, LogLineage lineage, CancellationToken cancel)
    {
        var fork = _stored.TryGetValue(source, out var known) ? lineage.ForkFrom(known) : long.MaxValue;
        var moves = progress.Beyond(source, fork);
        var row = LineageRow.Adopt(consumer, source, lineage, fork, moves, clock.GetUtcNow());
        var unit = new AppendUnit { Rows = [row.ToRow()], Watermarks = moves };
        if (await store.AppendAsync(unit, cancel) is AppendResult.WatermarkMoved moved)
        {
            throw new StoreUnavailableException(
                $"Another worker moved the watermark of {moved.Wanted.Topic}/{moved.Wanted.Partition}.",
                new WatermarkMovedException(moved));
        }

        progress.GoBack(moves);
        _stored = new Dictionary<string, LogLineage>(_stored) { [source] = lineage };
    }
}
