namespace Payments.EventStore.Sealing.Verifying;

/// <summary>
/// Gathers findings: all are counted, the first ones are kept. What is learnt later about one that is kept can replace it.
/// </summary>
internal sealed class Findings
{
    private readonly List<Finding> _kept = [];

    public long Count { get; private set; }

    /// <returns>Where it is kept; -1 when it is only counted.</returns>
    public int Add(Finding finding)
    {
        Count++;
        if (_kept.Count == VerifyReport.FindingsMax)
        {
            return -1;
        }

        _kept.Add(finding);
        return _kept.Count - 1;
    }

    public void Replace(int at, Func<Finding, Finding> better)
    {
        if (at >= 0)
        {
            _kept[at] = better(_kept[at]);
        }
    }

    /// <summary>In order of position; what has none comes last.</summary>
    public List<Finding> InOrder() => [.. _kept.OrderBy(f => f.Position ?? long.MaxValue)];
}
