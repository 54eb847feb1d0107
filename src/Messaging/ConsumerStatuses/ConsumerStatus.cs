using Confluent.Kafka;

namespace Payments.Messaging.ConsumerStatuses;

/// <summary>
/// How one member of a consumer group stands: told by the consumer as it goes, read by whoever writes it down. Also where the consumer
/// learns that a person wants it paused. Safe for several threads.
/// </summary>
/// <param name="consumer">The group.</param>
/// <param name="member">Tells this process's member from all others, for people.</param>
public sealed class ConsumerStatus(string consumer, string member, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<PartitionId, PartitionStatus> _partitions = [];
    private long _handled;
    private DateTimeOffset? _handledAt;
    private string? _trouble;
    private volatile bool _paused;

    public string Consumer => consumer;

    public string Member => member;

    /// <summary>A person wants no more messages to be taken, until told otherwise.</summary>
    public bool IsPaused
    {
        get => _paused;
        set => _paused = value;
    }

    /// <summary>The partitions that this member has now. What it knew of the others is for the members that have them.</summary>
    public void Assigned(IEnumerable<TopicPartition> partitions)
    {
        lock (_gate)
        {
            var now = partitions.Select(p => new PartitionId(p.Topic, p.Partition.Value)).ToHashSet();
            foreach (var gone in _partitions.Keys.Except(now).ToList())
            {
                _partitions.Remove(gone);
            }

            foreach (var id in now.Except(_partitions.Keys).ToList())
            {
                _partitions[id] = new(null, null, null);
            }
        }
    }

    /// <summary>Messages were handled, and that is stored.</summary>
    public void Handled(TopicPartition partition, long nextOffset)
    {
        lock (_gate)
        {
            var id = new PartitionId(partition.Topic, partition.Partition.Value);
            _handledAt = clock.GetUtcNow();
            _partitions[id] =
                _partitions.GetValueOrDefault(id, new(null, null, null)) with { NextOffset = nextOffset, HandledAt = _handledAt };
        }
    }

    /// <summary>Where a partition ends; and where this member goes on, unless it has handled something there and knows better.</summary>
    public void Ends(TopicPartition partition, long? nextOffset, long endOffset)
    {
        lock (_gate)
        {
            var id = new PartitionId(partition.Topic, partition.Partition.Value);
            var known = _partitions.GetValueOrDefault(id, new(null, null, null));
            _partitions[id] = known with { NextOffset = known.NextOffset ?? nextOffset, EndOffset = endOffset };
        }
    }

    /// <summary>Messages were handled: counts for the rate.</summary>
    public void Count(int messages) => Interlocked.Add(ref _handled, messages);

    /// <param name="trouble">Why it does not go on; null: it does.</param>
    public void Tell(string? trouble)
    {
        lock (_gate)
        {
            _trouble = trouble;
        }
    }

    public MemberStatus Read()
    {
        lock (_gate)
        {
            return new(
                _trouble is not null ? "trouble" : _paused ? "paused" : "running",
                _trouble,
                Interlocked.Read(ref _handled),
                _handledAt,
                new Dictionary<PartitionId, PartitionStatus>(_partitions));
        }
    }
}

/// <summary>A physical partition.</summary>
public readonly record struct PartitionId(string Topic, int Partition);

/// <param name="NextOffset">The first that is not handled; null while that is not known.</param>
/// <param name="EndOffset">Where the partition ended when that was last heard; null while it is not known.</param>
public sealed record PartitionStatus(long? NextOffset, long? EndOffset, DateTimeOffset? HandledAt);

/// <param name="State"><c>running</c>, <c>paused</c> or <c>trouble</c>.</param>
/// <param name="Handled">Messages, since the start of the process.</param>
public sealed record MemberStatus(
    string State,
    string? Trouble,
    long Handled,
    DateTimeOffset? HandledAt,
    IReadOnlyDictionary<PartitionId, PartitionStatus> Partitions);
