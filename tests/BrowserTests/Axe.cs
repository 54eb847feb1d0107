using System.Text.Json;
using Microsoft.Playwright;

namespace BrowserTests;

/// <summary>
/// axe-core by Deque: what in a page keeps out those who see little, hear the page or use no mouse. WCAG 2.2, levels A and AA.
/// </summary>
internal static class Axe
{
    private const string PathName = "PAYMENTS_AXE";

    private const string Run = """
        async () => (await axe.run(document, {
            runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
            resultTypes: ['violations'] })).violations
            .filter(v => v.impact === 'serious' || v.impact === 'critical')
            .map(v => `${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map(n => n.target.join(' ')).join(' | ')}`)
        """;

    private static string? Script =>
        Environment.GetEnvironmentVariable(PathName) is { Length: > 0 } path && File.Exists(path) ? path : null;

    /// <summary>Why pages cannot be looked at; null when they can.</summary>
    public static string? Missing =>
        Script is null ? $"axe-core is not here: ./payments test fetches it, or set {PathName} to axe.min.js." : null;

    /// <summary>What is serious or critical.</summary>
    public static async Task<IReadOnlyList<string>> ViolationsAsync(IPage page, string where)
    {
        if (!await page.EvaluateAsync<bool>("() => typeof axe !== 'undefined'"))
        {
            await page.EvaluateAsync(await File.ReadAllTextAsync(Script!));
        }

        var found = await page.EvaluateAsync<JsonElement>(Run);
        return [.. found.EnumerateArray().Select(violation => $"{where}: {violation.GetString()}")];
    }
}
