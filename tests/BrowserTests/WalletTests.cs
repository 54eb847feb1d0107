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
}
