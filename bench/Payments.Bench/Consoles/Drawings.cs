using Payments.Bench.Measuring;

namespace Payments.Bench.Consoles;

/// <summary>What consoles were sent while it was counted, by page.</summary>
internal sealed class Drawings(IReadOnlyList<string> pages)
{
    private readonly Dictionary<string, (double Seconds, long Batches, long Bytes)> _sums =
        pages.Distinct().ToDictionary(p => p, _ => (0.0, 0L, 0L));

    public void Begin(IReadOnlyList<OpenConsole>? consoles) => Add(consoles, sign: -1, seconds: 0);

    /// <param name="seconds">Since it began.</param>
    public void End(IReadOnlyList<OpenConsole>? consoles, int seconds) => Add(consoles, sign: 1, seconds);

    public void Print(TextWriter to)
    {
        var table = new Table("page", "drawn/s", "kB/s");
        foreach (var (page, sum) in _sums)
            table.Add(page, sum.Batches / sum.Seconds, sum.Bytes / sum.Seconds / 1_000);
        table.Print(to);
    }

    private void Add(IReadOnlyList<OpenConsole>? consoles, int sign, int seconds)
    {
        foreach (var console in consoles ?? [])
        {
            var sum = _sums[console.Page];
            _sums[console.Page] = (sum.Seconds + seconds, sum.Batches + (sign * console.Batches), sum.Bytes + (sign * console.Bytes));
        }
    }
}
