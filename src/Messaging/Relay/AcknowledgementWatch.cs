using Payments.Messaging.Kafka;
using Payments.Messaging.Topics;

namespace Payments.Messaging.Relay;

/// <summary>
/// Finds what no other sign tells: a message is published and its reader, that lives, does not come to it. Then the broker has lost it and
/// others have filled the place where it was, so that offsets say nothing, and nothing comes behind it that would show a gap.
/// </summary>
/// <remarks>
/// Pure: the time is given. A reader that says nothing is down or has trouble of its own, and its time does not run; nor does it for a
/// partition that no member of it has at the moment, because its group still waits for a member that is gone. Publishing again is harmless,
/// but where it does not help it must not go on for ever at the same pace: the pause doubles until the reader comes further.
/// </remarks>
/// <param name="patience">How long a reader that speaks may stand before something: <see cref="PatienceFor"/>.</param>
public sealed class AcknowledgementWatch(TimeSpan patience)
{
    /// <summary>What a group takes to share its partitions out anew, once it knows that a member is gone, and to begin to read.</summary>
    private static readonly TimeSpan Rebalance = TimeSpan.FromSeconds(5);

    /// <summary>The longest pause between two repetitions.</summary>
    public static readonly TimeSpan PatienceMax = TimeSpan.FromMinutes(10);

    /// <summary>A reader speaks every half second; after this it counts as silent.</summary>
    public static readonly TimeSpan SilentAfter = TimeSpan.FromSeconds(3);

    private readonly Dictionary<(string Reader, PartitionOf? Partition), TimeSpan> _heardAt = [];
    private readonly Dictionary<(string Reader, PartitionOf Partition), Acknowledgement> _acknowledged = [];

    /// <summary>Longer than a group takes to replace a member: that is silent for the whole session before it counts as gone.</summary>
    public static TimeSpan PatienceFor(KafkaOptions kafka) => TimeSpan.FromMilliseconds(kafka.SessionTimeoutMs) + Rebalance;

    /// <summary>A reader has said something, of whichever source.</summary>
    /// <param name="assigned">The physical partitions for which it speaks; null: all of them.</param>
    /// <param name="now">Since any fixed moment.</param>
    public void Observe(string reader, IReadOnlyList<PartitionOf>? assigned, TimeSpan now)
    {
        if (assigned is null)
        {
            _heardAt[(reader, null)] = now;
            return;
        }

        foreach (var partition in assigned)
        {
            _heardAt[(reader, partition)] = now;
        }
    }

    /// <summary>The partitions on which publishing is to go back now. To be asked every so often.</summary>
    public IReadOnlySet<PartitionOf> Overdue(RelayLedger ledger, TimeSpan now)
    {
        var waiting = ledger.Unacknowledged().ToDictionary(u => (u.Reader, u.Partition), u => u.Acknowledged);
        foreach (var key in _acknowledged.Keys.Where(k => !waiting.ContainsKey(k)).ToList())
        {
            // Perhaps only until it is published again: then it still is the same wait.
            _acknowledged[key] = _acknowledged[key] with { Since = now };
        }

        var overdue = new HashSet<PartitionOf>();
        foreach (var (key, acknowledged) in waiting)
        {
            if (!_acknowledged.TryGetValue(key, out var standing) || standing.Acknowledged != acknowledged)
            {
                _acknowledged[key] = new Acknowledgement(acknowledged, now, patience);
            }
            else if (!Speaks(key.Reader, key.Partition, ledger, now))
            {
                _acknowledged[key] = standing with { Since = now };
            }
            else if (now - standing.Since >= standing.Patience)
            {
                overdue.Add(key.Partition);
                _acknowledged[key] = standing with { Since = now, Patience = Shorter(standing.Patience * 2, PatienceMax) };
            }
        }

        return overdue;
    }

    /// <summary>Whether the reader speaks for all places where messages of a logical partition lie.</summary>
    private bool Speaks(string reader, PartitionOf logical, RelayLedger ledger, TimeSpan now) =>
        IsRecent((reader, null), now)
        || ledger.Published.Keys.Where(p => TopicSplit.Logical(p) == logical).All(p => IsRecent((reader, p), now));

    private bool IsRecent((string, PartitionOf?) key, TimeSpan now) => _heardAt.TryGetValue(key, out var at) && now - at <= SilentAfter;

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private sealed record Acknowledgement(long Acknowledged, TimeSpan Since, TimeSpan Patience);
}
