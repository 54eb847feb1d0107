using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BrowserTests;

/// <summary>Wallets: found by their user, with the money they hold and how it came there.</summary>
public sealed class WalletTests(Platform platform)
{
    [Fact]
    public async Task A_wallet_is_found_by_its_user_and_shows_balance_and_ledger_as_they_change()
    {
        var payer = await platform.OpenWalletAsync("ledger-payer", "EUR", 10_000);
        var payee = await platform.OpenWalletAsync("ledger-payee", "EUR", 0);
        await using var tab = await ConsoleTab.OpenAsync(platform, "/wallets");

        await tab.Page.GetByRole(AriaRole.Textbox).FillAsync("ledger-payer");
        await tab.Page.Keyboard.PressAsync("Enter");
        await Expect(tab.Page.Locator("tr.row")).ToHaveCountAsync(1);
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "ledger-payer" }).ClickAsync();
        await Expect(tab.Test("balance")).ToContainTextAsync("100.00");

        await platform.PayAsync(payer, payee, 2_500, "EUR", "invoice 7");

        await Expect(tab.Test("balance")).ToContainTextAsync("75.00");
        await Expect(tab.Test("held")).ToContainTextAsync("0.00");
        await Expect(tab.Test("available")).ToContainTextAsync("75.00");
        var rows = tab.Page.Locator("tr.row");
        await Expect(rows).ToHaveCountAsync(2);
        await Expect(rows.Nth(0)).ToContainTextAsync(new Regex("To.*ledger-payee.*−25.00.*75.00", RegexOptions.Singleline));
        await Expect(rows.Nth(1)).ToContainTextAsync(new Regex("Deposit.*\\+100.00.*100.00.*opening deposit", RegexOptions.Singleline));
        Assert.Empty(tab.Complaints);
    }

    [Fact]
    public async Task Money_has_the_decimals_of_its_currency()
    {
        var yen = await platform.OpenWalletAsync("decimals", "JPY", 1_234_567);
        var dinar = await platform.OpenWalletAsync("decimals", "KWD", 1_234_567);

        await using var tab = await ConsoleTab.OpenAsync(platform, $"/wallets/{yen}");
        await Expect(tab.Test("balance")).ToContainTextAsync("1,234,567");
        await tab.GoAsync($"/wallets/{dinar}");
        await Expect(tab.Test("balance")).ToContainTextAsync("1,234.567");
        Assert.Empty(tab.Complaints);
    }

    [Fact]
    public async Task A_statement_goes_from_balance_to_balance_and_a_moment_of_the_past_is_shown_as_it_was()
    {
        var wallet = await platform.OpenWalletAsync("statement", "EUR", 10_000);
        await platform.PostAsync($"/api/wallets/{wallet}/withdrawals", new { amount = 2_500, currency = "EUR", reference = "cash" });
        await platform.PostAsync($"/api/wallets/{wallet}/holds", new { amount = 1_000, currency = "EUR", reference = "a table for two" });
        await using var tab = await ConsoleTab.OpenAsync(platform, $"/wallets/{wallet}");
        await Expect(tab.Page.Locator(".holds li")).ToContainTextAsync(
            new Regex("10.00.*Reserved.*a table for two.*expires in", RegexOptions.Singleline));

        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Statement" }).ClickAsync();
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "This month" }).ClickAsync();
        await Expect(tab.Test("opening")).ToContainTextAsync("0.00");
        await Expect(tab.Test("moved")).ToContainTextAsync("+75.00");
        await Expect(tab.Test("closing")).ToContainTextAsync("75.00");
        await Expect(tab.Page.Locator(".entries tr.row")).ToHaveTextAsync(
            [new Regex("Deposit"), new Regex("Withdrawal.*cash", RegexOptions.Singleline)]);
        await Photographs.TakeAllAsync(tab.Page, "wallet-statement");
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Last month" }).ClickAsync();
        await Expect(tab.Page.GetByText("Nothing moved in this period")).ToBeVisibleAsync();

        await tab.GoAsync($"/wallets/{wallet}?at=2100-01-01T00:00:00Z");
        await Expect(tab.Test("then")).ToContainTextAsync(new Regex("75.00.*10.00.*65.00.*active.*4", RegexOptions.Singleline));
        await tab.GoAsync($"/wallets/{wallet}?at=2020-01-01T00:00:00Z");
        await Expect(tab.Test("then")).ToHaveTextAsync("The wallet did not exist then.");
        Assert.Empty(tab.Complaints);
    }

    [Fact]
    public async Task A_wallet_is_frozen_unfrozen_and_given_an_overdraft_and_its_stream_says_why()
    {
        var wallet = await platform.OpenWalletAsync("steered", "EUR", 10_000);
        await using var tab = await ConsoleTab.OpenAsync(platform, $"/wallets/{wallet}");

        await ActAsync(tab, "Freeze", "lost phone");
        await Expect(tab.Page.Locator(".detail .status")).ToHaveTextAsync("frozen");
        await ActAsync(tab, "Unfreeze", "found it");
        await Expect(tab.Page.Locator(".detail .status")).ToHaveTextAsync("active");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Overdraft" }).ClickAsync();
        await tab.Page.GetByLabel("How far below zero").FillAsync("0.001");
        await Expect(tab.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("for example 500.00");
        await tab.Page.GetByLabel("How far below zero").FillAsync("250");
        await tab.Page.GetByLabel("Reason").FillAsync("agreed by phone");
        await tab.Page.Keyboard.PressAsync("Enter");
        await Expect(tab.Test("available")).ToContainTextAsync("350.00");

        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Through time" }).ClickAsync();
        await Expect(tab.Page.Locator(".versions li")).ToHaveTextAsync(
        [
            new Regex("May go 250.00 EUR below zero: agreed by phone"), new Regex("No longer frozen: found it"),
            new Regex("Frozen: lost phone"), new Regex("100.00 EUR came in"), new Regex("Opened a wallet in EUR for steered"),
        ]);
        Assert.Empty(tab.Complaints);
    }

    private static async Task ActAsync(ConsoleTab tab, string act, string reason)
    {
        await tab.Page.GetByRole(AriaRole.Group, new() { Name = "Acts" })
            .GetByRole(AriaRole.Button, new() { Name = act, Exact = true })
            .ClickAsync();
        await tab.Page.GetByLabel("Reason").FillAsync(reason);
        await tab.Page.Keyboard.PressAsync("Enter");
        await Expect(tab.Page.Locator(".told-done")).ToBeVisibleAsync();
    }
}
