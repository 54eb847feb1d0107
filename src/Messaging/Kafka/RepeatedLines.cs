namespace Payments.Messaging.Kafka;

/// <summary>
/// Lets the first log line of each kind through, and after that one in a while, which says how many were left out. While a broker is away,
/// every client of every thread says so, several times a second.
/// </summary>
internal sealed class RepeatedLines(TimeProvider clock)
{
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    /// <summary>More kinds than that are forgotten: then a line comes once too often.</summary>
    private const int KindsMax = 1_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (long At, int LeftOut)> _kinds = new(StringComparer.Ordinal);

    /// <returns>How many of the kind were left out since the last one that was let through; null when this one is left out too.</returns>
    public int? Next(string kind)
    {
        lock (_gate)
        {
            if (_kinds.TryGetValue(kind, out var last) && clock.GetElapsedTime(last.At) < Pause)
            {
                _kinds[kind] = last with { LeftOut = last.LeftOut + 1 };
                return null;
            }

            if (_kinds.Count >= KindsMax)
            {
                _kinds.Clear();
            }

            _kinds[kind] = (clock.GetTimestamp(), 0);
            return last.LeftOut;
        }
    }
}
