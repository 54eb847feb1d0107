namespace Payments.Messaging.Relay;

/// <summary>
/// Finds what no other sign tells: a message is published and its reader, that lives, does not come to it. Then the broker has lost it and
/// others have filled the place where it was, so that offsets say nothing, and nothing comes behind it that would show a gap.
/// </summary>
/// <remarks>
/// Pure: the time is given. A reader that says nothing is down or has trouble of its own, and its time does not run. Publishing again is
/// harmless, but where it does not help it must not go on for ever at the same pace: the pause doubles until the reader comes further.
/// </remarks>
public sealed class AcknowledgementWatch
{
    /// <summary>How long a reader that speaks may stand before something. Longer than a group takes to replace a member.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>The longest pause between two repetitions.</summary>
    public static readonly TimeSpan PatienceMax = TimeSpan.FromMinutes(10);

    /// <summary>A reader speaks every half second; after this it counts as silent.</summary>
    public static readonly TimeSpan SilentAfter = TimeSpan.FromSeconds(3);

    private readonly Dictionary<string, TimeSpan> _heardAt = [];
    private readonly Dictionary<(string Reader, PartitionOf Partition), Standing> _standing = [];

    /// <summary>A reader has said something, of whichever source.</summary>
    /// <param name="now">Since any fixed moment.</param>
    public void Heard(string reader, TimeSpan now) => _heardAt[reader] = now;

    /// <summary>The partitions on which publishing is to go back now. To be asked every so often.</summary>
    public IReadOnlySet<PartitionOf> Overdue(RelayLedger ledger, TimeSpan now)
    {
        var waiting = ledger.Unacknowledged().ToDictionary(u => (u.Reader, u.Partition), u => u.Acknowledged);
        foreach (var key in _standing.Keys.Where(k => !waiting.ContainsKey(k)).ToList())
        {
            // Perhaps only until it is published again: then it still is the same wait.
            _standing[key] = _standing[key] with { Since = now };
        }

        var overdue = new HashSet<PartitionOf>();
        foreach (var (key, acknowledged) in waiting)
        {
            if (!_standing.TryGetValue(key, out var standing) || standing.Acknowledged != acknowledged)
            {
                _standing[key] = new Standing(acknowledged, now, Patience);
            }
            else if (!Speaks(key.Reader, now))
            {
                _standing[key] = standing with { Since = now };
            }
            else if (now - standing.Since >= standing.Patience)
            {
                overdue.Add(key.Partition);
                _standing[key] = standing with { Since = now, Patience = Shorter(standing.Patience * 2, PatienceMax) };
            }
        }

        return overdue;
    }

    private bool Speaks(string reader, TimeSpan now) => _heardAt.TryGetValue(reader, out var at) && now - at <= SilentAfter;

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private sealed record Standing(long Acknowledged, TimeSpan Since, TimeSpan Patience);
}
