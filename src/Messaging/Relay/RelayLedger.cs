using Payments.EventStore.Contract;
using Payments.Messaging.Topics;

namespace Payments.Messaging.Relay;

/// <summary>One partition of one topic, physical or logical: see <see cref="TopicSplit"/>.</summary>
public readonly record struct PartitionOf(string Topic, int Partition);

/// <summary>What the relay knows of one physical partition.</summary>
/// <param name="Position">The last log position put there.</param>
/// <param name="EndOffset">The broker's offset after it, or less: where a message came back without an offset.</param>
public readonly record struct Published(long Position, long EndOffset);

/// <summary>Where publishing starts, and what lies on each partition before that.</summary>
/// <param name="After">The log is read from the position after this one.</param>
/// <param name="Last">Per logical partition, the last position that need not be sent again.</param>
public sealed record StartingPoint(long After, IReadOnlyDictionary<PartitionOf, long> Last);

/// <summary>
/// The relay's books, pure: how far it has come and how far consumers have come. Decides where to start after a crash or a loss.
/// </summary>
/// <remarks>
/// Consumers' watermarks are the acknowledgements of this transport: they are durable, in the consumers' own databases, and survive the
/// broker. What every consumer of a partition has acknowledged is never sent again; whatever they have not may be missing after a loss.
/// What is published, and where it ends, goes by physical partition; what is acknowledged, and so where to go back to, by logical ones.
/// </remarks>
public sealed class RelayLedger
{
    private readonly Func<string, IReadOnlyList<string>> _readers;
    private readonly Dictionary<PartitionOf, Published> _published;
    private readonly Dictionary<(string Consumer, PartitionOf Partition), long> _acknowledged;
    private readonly Dictionary<string, Guid> _incarnations;

    /// <param name="readers">The consumers of a topic.</param>
    /// <param name="incarnations">Of the readers' own databases, as of what they have acknowledged.</param>
    public RelayLedger(
        long checkpoint,
        IReadOnlyDictionary<PartitionOf, Published> published,
        IReadOnlyDictionary<(string Consumer, PartitionOf Partition), long> acknowledged,
        Func<string, IReadOnlyList<string>> readers,
        IReadOnlyDictionary<string, Guid>? incarnations = null)
    {
        _readers = readers;
        Checkpoint = checkpoint;
        _published = new(published);
        _acknowledged = new(acknowledged);
        _incarnations = new(incarnations ?? new Dictionary<string, Guid>());
    }

    /// <summary>Everything up to this log position is delivered.</summary>
    public long Checkpoint { get; private set; }

    public IReadOnlyDictionary<PartitionOf, Published> Published => _published;

    public IReadOnlyDictionary<(string Consumer, PartitionOf Partition), long> Acknowledged => _acknowledged;

    /// <summary>The incarnation of each reader's own database, as of what it has acknowledged.</summary>
    public IReadOnlyDictionary<string, Guid> Incarnations => _incarnations;

    /// <summary>A message was delivered, and with it everything before it.</summary>
    /// <param name="endOffset">
    /// The offset after it; null when that is not known. Then the partition ends at least one offset further than before, and the next
    /// delivery with an offset says where: a smaller end than the real one never makes a loss of what is none.
    /// </param>
    /// <returns>False when the broker put it where it should already have had other messages: it has lost them.</returns>
    public bool Delivered(long position, PartitionOf partition, long? endOffset)
    {
        var before = _published.GetValueOrDefault(partition).EndOffset;
        if (endOffset <= before)
        {
            return false;
        }

        Checkpoint = position;
        _published[partition] = new Published(position, endOffset ?? before + 1);
        return true;
    }

    /// <summary>The log was read up to here and there was nothing (more) to send.</summary>
    public void Passed(long position) => Checkpoint = Math.Max(Checkpoint, position);

    /// <summary>A consumer says how far it has come with the messages of this log.</summary>
    /// <remarks>
    /// Within one incarnation of its own database a consumer's watermarks never go back, and the highest counts. In another one it may have
    /// been restored to an earlier moment: then what it says now is all that it has, and the rest must be sent again.
    /// </remarks>
    /// <param name="lineage">That of this log. Positions of a part that it has no more acknowledge nothing.</param>
    /// <returns>The logical partitions on which the reader has gone back.</returns>
    public IReadOnlySet<PartitionOf> Hear(ConsumerProgress progress, LogLineage lineage)
    {
        var wentBack = new HashSet<PartitionOf>();
        var end = progress.Lineage is { } known ? lineage.EndOf(known) : progress.Incarnation is null ? long.MaxValue : null;
        if (end is null)
        {
            return wentBack; // It means a log that is lost, or has not heard yet what this one is.
        }

        if (!progress.Gap && progress.Incarnation is { } incarnation
            && !(_incarnations.TryGetValue(progress.Consumer, out var before) && before == incarnation))
        {
            var said = progress.Partitions.ToLookup(p => TopicSplit.Logical(new(p.Topic, p.Partition)), p => p.Position);
            foreach (var key in _acknowledged.Keys.Where(k => k.Consumer == progress.Consumer).ToList())
            {
                var position = Math.Min(end.Value, said[key.Partition].DefaultIfEmpty().Max());
                if (position < _acknowledged[key])
                {
                    _acknowledged[key] = position;
                    wentBack.Add(key.Partition);
                }
            }

            _incarnations[progress.Consumer] = incarnation;
        }

        foreach (var p in progress.Partitions)
        {
            Acknowledge(progress.Consumer, new PartitionOf(p.Topic, p.Partition), Math.Min(p.Position, end.Value));
        }

        return wentBack;
    }

    /// <summary>
    /// A consumer says how far it has come. Watermarks never go back, so an older word from a slower worker changes nothing.
    /// </summary>
    public void Acknowledge(string consumer, PartitionOf partition, long position)
    {
        var key = (consumer, TopicSplit.Logical(partition));
        _acknowledged[key] = Math.Max(position, _acknowledged.GetValueOrDefault(key));
    }

    /// <summary>
    /// All readers of the topic have come this far on the logical partition; 0 while one of them has not said anything. Null when nobody
    /// reads it.
    /// </summary>
    public long? AcknowledgedByAll(PartitionOf partition)
    {
        var logical = TopicSplit.Logical(partition);
        long? least = null;
        foreach (var reader in _readers(logical.Topic))
        {
            var position = _acknowledged.GetValueOrDefault((reader, logical));
            least = Math.Min(least ?? position, position);
        }

        return least;
    }

    /// <summary>
    /// Who has something before it that it has not acknowledged: each reader and logical partition, with how far that reader has come.
    /// </summary>
    public IEnumerable<(string Reader, PartitionOf Partition, long Acknowledged)> Unacknowledged() =>
        from published in Start().Last
        from reader in _readers(published.Key.Topic)
        let acknowledged = _acknowledged.GetValueOrDefault((reader, published.Key))
        where acknowledged < published.Value
        select (reader, published.Key, acknowledged);

    /// <summary>Where to go on: after the checkpoint.</summary>
    public StartingPoint Start()
    {
        var last = new Dictionary<PartitionOf, long>();
        foreach (var (partition, published) in _published)
        {
            var logical = TopicSplit.Logical(partition);
            last[logical] = Math.Max(published.Position, last.GetValueOrDefault(logical));
        }

        return new StartingPoint(Checkpoint, last);
    }

    /// <summary>These partitions may have lost what is not acknowledged: goes back to the earliest position that may be missing.</summary>
    /// <param name="ends">
    /// The offsets at which these partitions end now. One that is lost takes the others of its logical partition with it: all of them are
    /// written again, and what was not lost is dropped by the consumers.
    /// </param>
    public void GoBack(IReadOnlyDictionary<PartitionOf, long> ends)
    {
        foreach (var lost in ends.Keys.GroupBy(TopicSplit.Logical).ToList())
        {
            var physical = lost.Union(_published.Keys.Where(p => TopicSplit.Logical(p) == lost.Key)).ToList();
            var published = physical.Max(p => _published.GetValueOrDefault(p).Position);

            // A topic that nobody reads lost copies that nobody misses.
            var known = Math.Min(published, AcknowledgedByAll(lost.Key) ?? published);
            foreach (var partition in physical)
            {
                var before = _published.GetValueOrDefault(partition);
                var end = ends.GetValueOrDefault(partition, before.EndOffset);
                _published[partition] = new Published(Math.Min(before.Position, known), end);
            }

            if (known < published)
            {
                Checkpoint = Math.Min(Checkpoint, known);
            }
        }
    }
}
