using Payments.Messaging.Relay;
using Payments.Messaging.Topics;

namespace Payments.Messaging.Consuming;

/// <summary>Which gaps are to be told. Pure: the time is given.</summary>
/// <remarks>
/// On a topic that is being split, a message may come from one place while the one before it is still to be read from another. That is no
/// gap as long as the consumer comes further. On all other topics every gap is one.
/// </remarks>
internal sealed class GapPatience
{
    /// <summary>A reader that stands so long before a gap does not come further by itself.</summary>
    public static readonly TimeSpan Standstill = TimeSpan.FromSeconds(2);

    private Dictionary<(string Source, PartitionOf Partition), (long Position, TimeSpan Since)> _before = [];

    /// <param name="gaps">All that there are.</param>
    /// <param name="now">Since any fixed moment.</param>
    public IReadOnlyList<ConsumerProgress> Lasting(IEnumerable<ConsumerProgress> gaps, TimeSpan now)
    {
        var seen = new Dictionary<(string, PartitionOf), (long, TimeSpan)>();
        var told = new List<ConsumerProgress>();
        foreach (var gap in gaps)
        {
            var standing = gap.Partitions.Where(p => IsStanding(gap.Source, p, now, seen)).ToList();
            if (standing.Count > 0)
            {
                told.Add(gap with { Partitions = standing });
            }
        }

        _before = seen;
        return told;
    }

    private bool IsStanding(
        string source, PartitionProgress gap, TimeSpan now, Dictionary<(string, PartitionOf), (long Position, TimeSpan Since)> seen)
    {
        var partition = new PartitionOf(gap.Topic, gap.Partition);
        if (!TopicSplit.IsSplit(partition))
        {
            return true;
        }

        var key = (source, partition);
        var since = _before.TryGetValue(key, out var known) && known.Position == gap.Position ? known.Since : now;
        seen[key] = (gap.Position, since);
        return now - since >= Standstill;
    }
}
