using System.Globalization;

namespace Payments.Bench.Measuring;

/// <summary>A table for a terminal or a file: the first column to the left, figures to the right.</summary>
internal sealed class Table(params string[] head)
{
    private readonly List<string[]> _rows = [head];

    public void Add(params object[] cells) => _rows.Add([.. cells.Select(Text)]);

    public void Print(TextWriter to)
    {
        var widths = head.Select((_, column) => _rows.Max(row => row[column].Length)).ToArray();
        foreach (var (row, line) in _rows.Select((row, line) => (row, line)))
        {
            to.WriteLine("  " + string.Join("  ", row.Select((cell, column) => Fit(cell, column, widths[column]))).TrimEnd());
            if (line == 0)
                to.WriteLine("  " + string.Join("  ", widths.Select(width => new string('-', width))));
        }
    }

    /// <summary>Three digits that tell something: <c>12,345</c>, <c>123</c>, <c>12.3</c>, <c>1.23</c>.</summary>
    public static string Figure(double value) =>
        value.ToString(Math.Abs(value) switch { >= 100 => "N0", >= 10 => "N1", _ => "N2" }, CultureInfo.InvariantCulture);

    private static string Fit(string cell, int column, int width) => column == 0 ? cell.PadRight(width) : cell.PadLeft(width);

    private static string Text(object cell) => cell switch
    {
        double.NaN => "-",
        double number => Figure(number),
        _ => string.Create(CultureInfo.InvariantCulture, $"{cell}"),
    };
}
