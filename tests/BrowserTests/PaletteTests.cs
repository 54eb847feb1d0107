using Microsoft.Playwright;

namespace BrowserTests;

/// <summary>The console without a mouse.</summary>
public sealed class PaletteTests(Platform platform)
{
    [Fact]
    public async Task A_few_letters_or_an_id_lead_to_a_page_and_shortcuts_are_told()
    {
        var anna = await platform.OpenWalletAsync("anna.keys", "EUR", 50_000);
        var ben = await platform.OpenWalletAsync("ben.keys", "EUR", 0);
        var payment = await platform.PayAsync(anna, ben, 1_500, "EUR", "by keyboard");
        await using var tab = await ConsoleTab.OpenAsync(platform, "/");
        var (page, keys) = (tab.Page, tab.Page.Keyboard);

        await keys.PressAsync("Control+k");
        await Assertions.Expect(page.GetByRole(AriaRole.Combobox, new() { Name = "A page, or an id" })).ToBeFocusedAsync();
        await keys.TypeAsync("dead");
        await Assertions.Expect(page.Locator("#palette").GetByRole(AriaRole.Option)).ToHaveCountAsync(1);
        await keys.PressAsync("Enter");
        await ExpectPageAsync(page, "Dead letters");

        await keys.PressAsync("/");
        await keys.TypeAsync(payment);
        await Assertions.Expect(page.Locator("#palette").GetByRole(AriaRole.Option)).ToHaveCountAsync(4);
        await keys.PressAsync("Enter");
        await Assertions.Expect(page.Locator("h1")).ToContainTextAsync("15.00");

        await keys.PressAsync("g");
        await keys.PressAsync("s");
        await ExpectPageAsync(page, "Sagas");
        await keys.PressAsync("?");
        await Assertions.Expect(page.GetByRole(AriaRole.Dialog, new() { Name = "Shortcuts" })).ToBeVisibleAsync();
        await keys.PressAsync("Escape");
        await Assertions.Expect(page.GetByRole(AriaRole.Dialog, new() { Name = "Shortcuts" })).ToBeHiddenAsync();

        var dark = await page.EvaluateAsync<string?>("() => document.documentElement.dataset.theme");
        await keys.PressAsync("t");
        Assert.NotEqual(dark, await page.EvaluateAsync<string?>("() => document.documentElement.dataset.theme"));
        Assert.Empty(tab.Complaints);
    }

    [Fact]
    public async Task Every_entry_of_the_navigation_is_reached_with_the_tabulator()
    {
        await using var tab = await ConsoleTab.OpenAsync(platform, "/audit");
        await tab.Page.Locator(".skip").FocusAsync();   // A page that opens has its heading focused: who wants to go elsewhere goes back.
        var reached = new List<string>();
        for (var i = 0; i < 22; i++)
        {
            reached.Add(await tab.Page.EvaluateAsync<string>("() => (document.activeElement?.innerText ?? '').trim()"));
            await tab.Page.Keyboard.PressAsync("Tab");
        }

        foreach (var entry in new[]
        {
            "Skip to content", "Overview", "Payments", "Events", "Dead letters", "Approvals", "Consumers", "Audit", "Settings"
        })
        {
            Assert.Contains(entry, reached);
        }
    }

    private static Task ExpectPageAsync(IPage page, string heading) =>
        Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = heading, Level = 1 })).ToBeVisibleAsync();
}
