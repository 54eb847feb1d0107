using System.Diagnostics;
using Microsoft.Playwright;

namespace Payments.Bench.Lists;

/// <summary>A page of the console with a list in it.</summary>
/// <param name="Row">Selects what is there once it is open.</param>
internal sealed record ListPage(string Name, string Path, string Row)
{
    private const float OpenWithinMs = 60_000;

    // A hundred and fifty pixels a frame is as fast as people turn a wheel; what is missing at the lower edge, they see.
    private const string Scroll =
        """
        async row => {
          const frames = [];
          let blank = 0, last = performance.now();
          for (let i = 0; i < 120; i++) {
            const before = document.scrollingElement.scrollTop;
            window.scrollBy(0, 150);
            await new Promise(requestAnimationFrame);
            const now = performance.now();
            frames.push(now - last);
            last = now;
            if (document.scrollingElement.scrollTop === before) break;
            const low = document.elementFromPoint(innerWidth / 2, innerHeight - 40);
            if (low && low.closest('table') && !low.closest(row)) blank++;
          }
          return { frames, blank };
        }
        """;

    public static IReadOnlyList<ListPage> All { get; } =
    [
        new("overview", "/", "main .charts"),
        new("dead letters", "/dead-letters", "main .groups .row"),
        new("dead letters of a group", $"/dead-letters?service=wallets&group={LongStore.Group(7)}", "main .letters .row"),
        new("events", "/events", "main .log .row"),
        new("events of a type", "/events?type=wallet.opened.v1", "main .log .row"),
        new("payments", "/payments", "main .payments .row"),
        new("sagas", "/sagas", "main .sagas .row"),
    ];

    /// <returns>Milliseconds from the address to the first row.</returns>
    public async Task<double> OpenAsync(IPage page, Uri console)
    {
        var began = Stopwatch.GetTimestamp();
        await page.GotoAsync($"{new Uri(console, Path)}", new() { WaitUntil = WaitUntilState.Commit });
        await page.Locator(Row).First.WaitForAsync(new() { Timeout = OpenWithinMs });
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }

    /// <summary>Scrolls down the page that is open.</summary>
    /// <returns>Milliseconds of each frame; and how many frames had no row where one should be.</returns>
    public async Task<(double[] Frames, int Blank)> ScrollAsync(IPage page)
    {
        var seen = (await page.EvaluateAsync(Scroll, Row))!.Value;
        return ([.. seen.GetProperty("frames").EnumerateArray().Select(f => f.GetDouble())], seen.GetProperty("blank").GetInt32());
    }
}
