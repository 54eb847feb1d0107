using System.Diagnostics;

namespace Payments.Bench.Measuring;

/// <summary>Percentiles of measured times, exact: every time is kept.</summary>
internal sealed class Latencies
{
    private readonly long[] _sorted;

    /// <param name="ticks">In ticks of <see cref="Stopwatch"/>.</param>
    public Latencies(IEnumerable<long> ticks)
    {
        _sorted = [.. ticks];
        Array.Sort(_sorted);
    }

    public int Count => _sorted.Length;

    public double MaxMs => Ms(Count - 1);

    /// <summary>The least time that so many of a hundred did not exceed (nearest rank); NaN when nothing was measured.</summary>
    public double PercentileMs(double percent) => Ms((int)Math.Ceiling(percent / 100 * Count) - 1);

    private double Ms(int rank) => Count == 0 ? double.NaN : _sorted[Math.Max(0, rank)] * 1000.0 / Stopwatch.Frequency;
}
