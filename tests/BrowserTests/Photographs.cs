using Microsoft.Playwright;

namespace BrowserTests;

/// <summary>Pictures of pages for people to look at, where <c>PAYMENTS_SCREENSHOTS</c> names a folder for them.</summary>
internal static class Photographs
{
    public static bool AreWanted => Environment.GetEnvironmentVariable("PAYMENTS_SCREENSHOTS") is { Length: > 0 };

    public static async Task ReceiveAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("PAYMENTS_SCREENSHOTS") is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, name + ".png"), FullPage = true });
        }
    }

    /// <summary>As it is now, light and dark, wide and narrow.</summary>
    public static async Task TakeAllAsync(IPage page, string name)
    {
        if (!AreWanted)
        {
            return;
        }

        var before = page.ViewportSize!;
        foreach (var (width, scheme) in new[] { (1360, ColorScheme.Light), (1360, ColorScheme.Dark), (390, ColorScheme.Light) })
        {
            await page.SetViewportSizeAsync(width, before.Height);
            await page.EmulateMediaAsync(new() { ColorScheme = scheme });
            await ReceiveAsync(page, $"{name}-{width}-{scheme}");
        }

        await page.SetViewportSizeAsync(before.Width, before.Height);
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
    }
}
