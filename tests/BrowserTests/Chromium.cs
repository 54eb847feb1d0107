using Microsoft.Playwright;

namespace BrowserTests;

/// <summary>The system's Chromium, driven by Playwright; nothing is downloaded.</summary>
internal static class Chromium
{
    private const string PathName = "PAYMENTS_CHROMIUM";

    private static readonly string[] Programs = ["chromium", "chromium-browser", "google-chrome"];

    public static async Task<IBrowser> LaunchAsync(IPlaywright playwright) => await playwright.Chromium.LaunchAsync(new()
    {
        ExecutablePath = Find(),
        Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    });

    private static string Find()
    {
        if (Environment.GetEnvironmentVariable(PathName) is { Length: > 0 } given)
        {
            return File.Exists(given) ? given : throw new InvalidOperationException($"{PathName} is '{given}', where no file is.");
        }

        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return Programs.SelectMany(program => folders.Select(folder => Path.Combine(folder, program))).FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException($"No Chromium: apt-get install chromium, or set {PathName} to the path of one.");
    }
}
