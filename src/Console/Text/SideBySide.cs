namespace Payments.Console.Text;

/// <summary>A line of two texts: null on the side that has nothing there.</summary>
public sealed record DiffPair(string? Before, string? After)
{
    public bool IsChange => Before != After;
}

/// <summary>Two texts side by side, line by line, with the fewest changes. Pure.</summary>
public static class SideBySide
{
    /// <summary>Beyond that, which takes a table of a million cells, the lines are only put beside each other.</summary>
    private const int LinesMax = 1_000;

    public static IReadOnlyList<DiffPair> Of(string before, string after)
    {
        var (left, right) = (before.ReplaceLineEndings("\n").Split('\n'), after.ReplaceLineEndings("\n").Split('\n'));
        if (left.Length > LinesMax || right.Length > LinesMax)
        {
            return
            [
                .. Enumerable.Range(0, Math.Max(left.Length, right.Length))
                    .Select(i => new DiffPair(left.ElementAtOrDefault(i), right.ElementAtOrDefault(i))),
            ];
        }

        var common = CommonLengths(left, right);
        var (pairs, gone, come, i, j) = (new List<DiffPair>(), new List<string>(), new List<string>(), 0, 0);
        while (i < left.Length || j < right.Length)
        {
            if (i < left.Length && j < right.Length && left[i] == right[j])
            {
                Flush(pairs, gone, come);
                pairs.Add(new(left[i++], right[j++]));
            }
            else if (j == right.Length || (i < left.Length && common[i + 1, j] >= common[i, j + 1]))
            {
                gone.Add(left[i++]);
            }
            else
            {
                come.Add(right[j++]);
            }
        }

        Flush(pairs, gone, come);
        return pairs;
    }

    // What went and what came in one place stand beside each other.
    private static void Flush(List<DiffPair> pairs, List<string> gone, List<string> come)
    {
        for (var k = 0; k < Math.Max(gone.Count, come.Count); k++)
        {
            pairs.Add(new(gone.ElementAtOrDefault(k), come.ElementAtOrDefault(k)));
        }

        gone.Clear();
        come.Clear();
    }

    // For each pair of places, how many lines the rests have in common, in order.
    private static int[,] CommonLengths(string[] left, string[] right)
    {
        var common = new int[left.Length + 1, right.Length + 1];
        for (var i = left.Length - 1; i >= 0; i--)
        {
            for (var j = right.Length - 1; j >= 0; j--)
            {
                common[i, j] = left[i] == right[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
            }
        }

        return common;
    }
}
