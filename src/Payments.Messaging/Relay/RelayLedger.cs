namespace Payments.Messaging.Relay;

/// <summary>One partition of one topic.</summary>
public readonly record struct PartitionOf(string Topic, int Partition);

/// <summary>What the relay knows of one partition.</summary>
/// <param name="Position">The last log position put there.</param>
/// <param name="EndOffset">The broker's offset after it.</param>
public readonly record struct Published(long Position, long EndOffset);

/// <summary>Where publishing starts, and what lies on each partition before that.</summary>
/// <param name="After">The log is read from the position after this one.</param>
/// <param name="Last">Per partition, the last position that need not be sent again.</param>
public sealed record StartingPoint(long After, IReadOnlyDictionary<PartitionOf, long> Last);

/// <summary>The relay's books, pure: how far it has come and how far consumers have come. Decides where to start after a crash or a loss.</summary>
/// <remarks>
/// Consumers' watermarks are the acknowledgements of this transport: they are durable, in the consumers' own databases, and survive the
/// broker. What every consumer of a partition has acknowledged is never sent again; whatever they have not may be missing after a loss.
/// </remarks>
public sealed class RelayLedger
{
    private readonly Func<string, IReadOnlyList<string>> _readers;
    private readonly Dictionary<PartitionOf, Published> _published;
    private readonly Dictionary<(string Consumer, PartitionOf Partition), long> _acknowledged;

    /// <param name="readers">The consumers of a topic.</param>
    public RelayLedger(
        long checkpoint,
        IReadOnlyDictionary<PartitionOf, Published> published,
        IReadOnlyDictionary<(string Consumer, PartitionOf Partition), long> acknowledged,
        Func<string, IReadOnlyList<string>> readers)
    {
        _readers = readers;
        Checkpoint = checkpoint;
        _published = new(published);
        _acknowledged = new(acknowledged);
    }

    /// <summary>Everything up to this log position is delivered.</summary>
    public long Checkpoint { get; private set; }

    public IReadOnlyDictionary<PartitionOf, Published> Published => _published;

    public IReadOnlyDictionary<(string Consumer, PartitionOf Partition), long> Acknowledged => _acknowledged;

    /// <summary>A message was delivered, and with it everything before it.</summary>
    /// <returns>False when the broker put it where it should already have had other messages: it has lost them.</returns>
    public bool Delivered(long position, PartitionOf partition, long endOffset)
    {
        if (_published.TryGetValue(partition, out var before) && endOffset <= before.EndOffset)
        {
            return false;
        }

        Checkpoint = position;
        _published[partition] = new Published(position, endOffset);
        return true;
    }

    /// <summary>The log was read up to here and there was nothing (more) to send.</summary>
    public void Passed(long position) => Checkpoint = Math.Max(Checkpoint, position);

    /// <summary>A consumer says how far it has come. Watermarks never go back, so an older word from a slower worker changes nothing.</summary>
    public void Acknowledge(string consumer, PartitionOf partition, long position) =>
        _acknowledged[(consumer, partition)] = Math.Max(position, _acknowledged.GetValueOrDefault((consumer, partition)));

    /// <summary>All readers of the topic have come this far on the partition; 0 while one of them has not said anything. Null when nobody reads it.</summary>
    public long? AcknowledgedByAll(PartitionOf partition)
    {
        long? least = null;
        foreach (var reader in _readers(partition.Topic))
        {
            var position = _acknowledged.GetValueOrDefault((reader, partition));
            least = Math.Min(least ?? position, position);
        }

        return least;
    }

    /// <summary>Who has something before it that it has not acknowledged: each reader and partition, with how far that reader has come.</summary>
    public IEnumerable<(string Reader, PartitionOf Partition, long Acknowledged)> Unacknowledged() =>
        from published in _published
        from reader in _readers(published.Key.Topic)
        let acknowledged = _acknowledged.GetValueOrDefault((reader, published.Key))
        where acknowledged < published.Value.Position
        select (reader, published.Key, acknowledged);

    /// <summary>Where to go on: after the checkpoint.</summary>
    public StartingPoint Start() => new(Checkpoint, _published.ToDictionary(p => p.Key, p => p.Value.Position));

    /// <summary>These partitions may have lost what is not acknowledged: goes back to the earliest position that may be missing.</summary>
    /// <param name="ends">The offsets at which these partitions end now.</param>
    public void GoBack(IReadOnlyDictionary<PartitionOf, long> ends)
    {
        foreach (var (partition, end) in ends)
        {
            var published = _published.GetValueOrDefault(partition).Position;

            // A topic that nobody reads lost copies that nobody misses.
            var known = Math.Min(published, AcknowledgedByAll(partition) ?? published);
            _published[partition] = new Published(known, end);
            if (known < published)
            {
                Checkpoint = Math.Min(Checkpoint, known);
            }
        }
    }
}
