using System.Globalization;
using Payments.Bench.Measuring;

namespace Payments.Bench.Appends;

/// <summary>What the rounds came to: medians of each contender, and how many times what each peer did the first one did.</summary>
internal sealed class AppendsTable(IReadOnlyList<string> names)
{
    private readonly Table _figures = new(
        ["callers", "events each", .. names.SelectMany(name => (string[])[$"{name}/s", "p50 ms", "p99 ms"])]);

    private readonly Table _ratios = new(
        ["callers", "events each", .. names.Skip(1).SelectMany(name => (string[])[$"to {name}", "least", "most"])]);

    /// <param name="rounds">Of each round, what each contender did.</param>
    public void Add(int callers, int events, IReadOnlyList<Measured[]> rounds)
    {
        var figures = new List<object> { callers.ToString(CultureInfo.InvariantCulture), events };
        var ratios = new List<object>(figures);
        for (var i = 0; i < names.Count; i++)
        {
            figures.Add(Median(rounds.Select(r => r[i].PerSecond)));
            figures.Add(Median(rounds.Select(r => r[i].P50Ms)));
            figures.Add(Median(rounds.Select(r => r[i].P99Ms)));
            var times = rounds.Select(r => r[0].PerSecond / r[i].PerSecond).ToList();
            if (i > 0)
                ratios.AddRange([Median(times), times.Min(), times.Max()]);
        }

        _figures.Add([.. figures]);
        _ratios.Add([.. ratios]);
    }

    public void Print(TextWriter to)
    {
        _figures.Print(to);
        if (names.Count > 1)
        {
            to.WriteLine();
            to.WriteLine($"How many times what its peer did the {names[0]} did, round by round:");
            to.WriteLine();
            _ratios.Print(to);
        }
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
