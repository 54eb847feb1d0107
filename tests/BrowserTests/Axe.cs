using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace BrowserTests;

/// <summary>
/// axe-core by Deque: what in a page keeps out those who see little, hear the page or use no mouse. WCAG 2.2, levels A and AA.
/// </summary>
internal static class Axe
{
    private static readonly AxeRunOptions Rules = new()
    {
        RunOnly = RunOnlyOptions.Tags("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"),
        ResultTypes = [ResultType.Violations],
    };

    /// <summary>What is serious or critical.</summary>
    public static async Task<IReadOnlyList<string>> ViolationsAsync(IPage page, string where) =>
    [
        .. (await page.RunAxe(Rules)).Violations
            .Where(violation => violation.Impact is "serious" or "critical")
            .Select(violation => $"{where}: {violation.Id}: {violation.Help}: {Places(violation)}"),
    ];

    private static string Places(AxeResultItem violation) => string.Join(" | ", violation.Nodes.Take(3).Select(node => node.Target));
}
