using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace BrowserTests;

/// <summary>A tab with the console in it. What the browser complains about is kept, and fails the test at the end.</summary>
internal sealed class ConsoleTab : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly string _address;
    private readonly ConcurrentQueue<string> _complaints = new();

    private ConsoleTab(IBrowserContext context, IPage page, string address)
    {
        _context = context;
        _address = address;
        Page = page;
        page.Console += (_, message) => Note(message.Type is "error" or "warning", $"{message.Type}: {message.Text}");
        page.PageError += (_, error) => Note(true, $"uncaught: {error}");
        page.Response += (_, response) => Note(response.Status >= 400, $"{response.Status} {response.Url}");
    }

    public IPage Page { get; }

    public IReadOnlyCollection<string> Complaints => _complaints;

    /// <param name="person">Who has signed in.</param>
    public static async Task<ConsoleTab> OpenAsync(
        Platform platform,
        string path,
        int width = 1360,
        int height = 900,
        ColorScheme scheme = ColorScheme.Light,
        string person = People.Admin)
    {
        var tab = await NewAsync(platform, width, height, scheme, person);
        await tab.GoAsync(path);
        return tab;
    }

    /// <summary>With nothing in it yet.</summary>
    /// <param name="person">Who has signed in; null for nobody.</param>
    public static async Task<ConsoleTab> NewAsync(
        Platform platform,
        int width = 1360,
        int height = 900,
        ColorScheme scheme = ColorScheme.Light,
        string? person = People.Admin)
    {
        var context = await platform.Browser.NewContextAsync(new()
        {
            ViewportSize = new() { Width = width, Height = height },
            ColorScheme = scheme,
            TimezoneId = "Europe/Berlin",
            StorageState = person is null ? null : await platform.People.SignedInAsync(person),
        });
        return new ConsoleTab(context, await context.NewPageAsync(), platform.Console);
    }

    /// <summary>The page is live when this returns.</summary>
    public async Task GoAsync(string path)
    {
        await Page.GotoAsync(_address + path);
        await Assertions.Expect(Page.GetByText("Live", new() { Exact = true })).ToBeVisibleAsync();
    }

    public ILocator Test(string name) => Page.Locator($"[data-test={name}]");

    public async Task<long> CountAsync(string name) =>
        long.Parse(Regex.Replace(await Test(name).InnerTextAsync(), "[^0-9]", ""), System.Globalization.CultureInfo.InvariantCulture);

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();

    private void Note(bool matters, string complaint)
    {
        if (matters)
        {
            _complaints.Enqueue(complaint);
        }
    }
}
