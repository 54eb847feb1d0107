using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BrowserTests;

/// <summary>A payment made through the API shows up in front of whoever has the console open, without a reload.</summary>
public sealed class LivePaymentTests(Platform platform)
{
    [Fact]
    public async Task A_payment_arrives_in_the_open_list_and_its_timeline_tells_every_step()
    {
        var (payer, payee) = await TwoWalletsAsync("arrives");
        await using var tab = await ConsoleTab.OpenAsync(platform, "/payments");
        await tab.Page.EvaluateAsync("() => window.sameDocument = true");

        var payment = await platform.PayAsync(payer, payee, 2_500, "EUR", "invoice 7");
        var row = tab.Page.Locator("tr.row", new() { HasText = "arrives-payer" });
        await Expect(row).ToContainTextAsync(
            new Regex("Completed.*25.00.*EUR.*arrives-payer.*arrives-payee.*invoice 7", RegexOptions.Singleline));
        Assert.True(await tab.Page.EvaluateAsync<bool>("() => window.sameDocument === true"));

        await row.GetByLabel($"in full {payment}").ClickAsync();
        await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("25.00");
        await Expect(tab.Page.Locator("[data-event]")).ToHaveCountAsync(14);
        string[] told = await TypesAsync(tab);
        string[] inCausalOrder =
        [
            "payment.requested.v1",
            "saga.started.v1",
            "command.wallet.hold-funds.v1",
            "wallet.funds-held.v1",
            "command.wallet.credit-funds.v1",
            "wallet.funds-credited.v1",
            "command.wallet.capture-hold.v1",
            "wallet.hold-captured.v1",
            "command.payment.complete.v1",
            "payment.completed.v1",
        ];
        Assert.Equal(inCausalOrder, told.Where(type => type != "saga.moved.v1"));
        await tab.Page.Locator("[data-event='wallet.funds-held.v1'] summary").ClickAsync();
        await Expect(tab.Page.Locator("[data-event='wallet.funds-held.v1'] pre")).ToContainTextAsync("\"minor\": 2500");
        Assert.Empty(tab.Complaints);
    }

    [Fact]
    public async Task A_payment_without_funds_says_why_it_failed()
    {
        var (payer, payee) = await TwoWalletsAsync("poor");
        var payment = await platform.PayAsync(payer, payee, 9_999_900, "EUR", "too much");

        await using var tab = await ConsoleTab.OpenAsync(platform, $"/payments/{payment}");

        await Expect(tab.Page.Locator(".reason")).ToHaveTextAsync("The payer's wallet did not have that much available. No money moved.");
        await Expect(tab.Page.Locator("[data-event='wallet.funds-insufficient.v1'] .words"))
            .ToHaveTextAsync("Could not hold 99,999.00 EUR: only 100.00 EUR available");
        Assert.Empty(tab.Complaints);
    }

    [Fact]
    public async Task The_counts_of_the_overview_go_up_while_it_is_open()
    {
        var (payer, payee) = await TwoWalletsAsync("counts");
        await using var tab = await ConsoleTab.OpenAsync(platform, "/");
        await Expect(tab.Test("completed")).ToHaveTextAsync(new Regex("[0-9]"));
        await Expect(tab.Test("failed")).ToHaveTextAsync(new Regex("[0-9]"));
        var (completed, failed) = (await tab.CountAsync("completed"), await tab.CountAsync("failed"));

        await platform.PayAsync(payer, payee, 100, "EUR", "one");
        await platform.PayAsync(payer, payee, 9_999_900, "EUR", "too much");

        await UntilAsync(async () => await tab.CountAsync("completed") > completed && await tab.CountAsync("failed") > failed);
        Assert.Empty(tab.Complaints);
    }

    [Fact]
    public async Task A_filter_is_an_address_and_shows_only_what_fits()
    {
        var (payer, payee) = await TwoWalletsAsync("filter");
        await platform.PayAsync(payer, payee, 100, "EUR", "fits not");
        await platform.PayAsync(payer, payee, 9_999_900, "EUR", "fits");

        await using var tab = await ConsoleTab.OpenAsync(platform, $"/payments?wallet={payer}");
        await Expect(tab.Page.Locator("tr.row")).ToHaveCountAsync(2);
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Failed" }).ClickAsync();

        await Expect(tab.Page).ToHaveURLAsync(new Regex($"status=failed&wallet={payer}$"));
        await Expect(tab.Page.Locator("tr.row")).ToHaveCountAsync(1);
        await Expect(tab.Page.Locator("tr.row")).ToContainTextAsync("insufficient funds");
        Assert.Empty(tab.Complaints);
    }

    [Fact]
    public async Task Nothing_can_be_clicked_before_it_is_live_and_from_then_on_every_click_counts()
    {
        var (payer, payee) = await TwoWalletsAsync("early");
        await platform.PayAsync(payer, payee, 100, "EUR", "fits not");
        await platform.PayAsync(payer, payee, 9_999_900, "EUR", "fits");
        await using var tab = await ConsoleTab.NewAsync(platform);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await tab.Page.RouteAsync("**/_blazor/negotiate**", async connecting =>
        {
            await goOn.Task;
            await connecting.ContinueAsync();
        });

        var going = tab.GoAsync($"/payments?wallet={payer}");
        await Expect(tab.Page.Locator(".starting")).ToHaveTextAsync("Connecting to the console…");
        await Expect(tab.Page.Locator("a, button")).ToHaveCountAsync(0);
        goOn.SetResult();
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Failed" }).ClickAsync();

        await Expect(tab.Page).ToHaveURLAsync(new Regex($"status=failed&wallet={payer}$"));
        await Expect(tab.Page.Locator("tr.row")).ToHaveCountAsync(1);
        await Expect(tab.Page.Locator(".starting")).ToBeHiddenAsync();
        await going;
        Assert.Empty(tab.Complaints);
    }

    private async Task<(string Payer, string Payee)> TwoWalletsAsync(string name) =>
        (await platform.OpenWalletAsync($"{name}-payer", "EUR", 10_000), await platform.OpenWalletAsync($"{name}-payee", "EUR", 0));

    private static async Task<string[]> TypesAsync(ConsoleTab tab) =>
        await tab.Page.Locator("[data-event]").EvaluateAllAsync<string[]>("events => events.map(e => e.dataset.event)");

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!await holds())
        {
            await tick.WaitForNextTickAsync(deadline.Token);
        }
    }
}
