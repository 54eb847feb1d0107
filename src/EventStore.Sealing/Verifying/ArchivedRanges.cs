namespace Payments.EventStore.Sealing.Verifying;

/// <summary>Positions whose events are in archives.</summary>
internal sealed class ArchivedRanges(IEnumerable<(long First, long Last)> ranges)
{
    private readonly List<(long First, long Last)> _ranges = [.. ranges.OrderBy(r => r.First)];

    /// <summary>Adds a range beyond those that are there.</summary>
    public void Add(long first, long last) => _ranges.Add((first, last));

    /// <summary>The parts of a range of positions, in order, each archived as a whole or not at all.</summary>
    public IEnumerable<(long First, long Last, bool IsArchived)> Split(long first, long last)
    {
        foreach (var range in _ranges.Where(r => r.Last >= first && r.First <= last))
        {
            if (range.First > first)
            {
                yield return (first, range.First - 1, false);
                first = range.First;
            }

            var end = Math.Min(last, range.Last);
            yield return (first, end, true);
            if (end == last)
            {
                yield break;
            }

            first = end + 1;
        }

        yield return (first, last, false);
    }
}
