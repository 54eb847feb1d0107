namespace Payments.Console.Overview;

/// <summary>An axis from zero with at most five steps of 1, 2 or 5 times a power of ten, so that it jumps seldom. Pure.</summary>
public readonly record struct ChartAxis(double Top, double Step)
{
    private const int StepsMax = 5;

    private static readonly double[] Multiples = [1, 2, 5, 10];

    public static ChartAxis For(double highest)
    {
        highest = Math.Max(StepsMax, highest);
        var power = Math.Pow(10, Math.Floor(Math.Log10(highest / StepsMax)));
        var step = Multiples.Select(m => m * power).First(step => step * StepsMax >= highest);
        return new(step * Math.Ceiling(highest / step), step);
    }
}
