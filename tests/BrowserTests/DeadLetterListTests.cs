using System.Text.Json.Nodes;
using Microsoft.Playwright;

namespace BrowserTests;

/// <summary>What can be done with the list of dead letters: ask whether they are fixed, save a view, take it away as a file.</summary>
public sealed class DeadLetterListTests(Platform platform)
{
    [Fact]
    public async Task Groups_are_tried_a_view_is_saved_and_the_list_is_taken_away()
    {
        var unknown = Guid.CreateVersion7(TimeProvider.System.GetUtcNow()).ToString("D");
        await platform.Poison.SendAsync(unknown, Poison.Credit(unknown, 4_700));
        var letter = await platform.DeadLetterAsync($"wallet/{unknown}");
        await using var tab = await ConsoleTab.OpenAsync(
            platform, "/dead-letters?service=wallets&error=wallet_not_found", person: People.Vera);
        var page = tab.Page;

        await page.GetByRole(AriaRole.Button, new() { Name = "Are they fixed?" }).ClickAsync();
        await Assertions.Expect(page.Locator("[data-verdict=still_failing]").First).ToContainTextAsync("Still failing");

        await page.GetByRole(AriaRole.Button, new() { Name = "Save this view" }).ClickAsync();
        await page.GetByLabel("Name of the view").FillAsync("no such wallet");
        await page.Keyboard.PressAsync("Enter");
        await tab.GoAsync("/dead-letters");
        await page.GetByRole(AriaRole.Link, new() { Name = "no such wallet" }).ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync($"{platform.Console}/dead-letters?service=wallets&error=wallet_not_found");

        var csv = await DownloadAsync(page, "CSV");
        Assert.StartsWith("service,id,status,messageType", csv, StringComparison.Ordinal);
        Assert.Contains(
            csv.Split("\r\n"),
            line => line.StartsWith($"wallets,{letter},dead,command.wallet.credit-funds.v1,", StringComparison.Ordinal));
        var json = JsonNode.Parse(await DownloadAsync(page, "JSON"))!.AsArray();
        Assert.Equal(4_700, (long)json.Single(l => (long)l!["id"]! == letter)!["amount"]!);
        Assert.Empty(tab.Complaints);
    }

    private static async Task<string> DownloadAsync(IPage page, string kind)
    {
        var download = await page.RunAndWaitForDownloadAsync(
            () => page.GetByRole(AriaRole.Link, new() { Name = kind, Exact = true }).ClickAsync());
        return await File.ReadAllTextAsync(await download.PathAsync(), new System.Text.UTF8Encoding(true));
    }
}
