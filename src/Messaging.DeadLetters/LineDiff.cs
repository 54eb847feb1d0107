using Payments.Contracts.DeadLetters;

namespace Payments.Messaging.DeadLetters;

/// <summary>What changed between two texts, line by line: the fewest lines taken away and added. Pure.</summary>
public static class LineDiff
{
    /// <summary>Beyond that, which takes a table of a million cells, all lines are taken away and added.</summary>
    private const int LinesMax = 1_000;

    public static IReadOnlyList<DiffLine> Between(IReadOnlyList<string> before, IReadOnlyList<string> after)
    {
        if (before.Count > LinesMax || after.Count > LinesMax)
        {
            return [.. before.Select(line => new DiffLine("-", line)), .. after.Select(line => new DiffLine("+", line))];
        }

        var common = CommonLengths(before, after);
        var (lines, i, j) = (new List<DiffLine>(), 0, 0);
        while (i < before.Count || j < after.Count)
        {
            if (i < before.Count && j < after.Count && before[i] == after[j])
            {
                lines.Add(new DiffLine(" ", before[i++]));
                j++;
            }
            else if (j == after.Count || (i < before.Count && common[i + 1, j] >= common[i, j + 1]))
            {
                lines.Add(new DiffLine("-", before[i++]));
            }
            else
            {
                lines.Add(new DiffLine("+", after[j++]));
            }
        }

        return lines;
    }

    // For each pair of places, how many lines the rests have in common, in order.
    private static int[,] CommonLengths(IReadOnlyList<string> before, IReadOnlyList<string> after)
    {
        var common = new int[before.Count + 1, after.Count + 1];
        for (var i = before.Count - 1; i >= 0; i--)
        {
            for (var j = after.Count - 1; j >= 0; j--)
            {
                common[i, j] = before[i] == after[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
            }
        }

        return common;
    }
}
