using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BrowserTests;

/// <summary>What disturbs everybody else: after all other tests, one at a time.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class DisturbingTests
{
    public const string Name = "disturbing";
}

/// <summary>From the overview to the cause of each kind of trouble and to its end, in less than five clicks.</summary>
[Collection(DisturbingTests.Name)]
public sealed class OperationsTests(Platform platform)
{
    [Fact]
    public async Task A_stuck_saga_is_found_from_the_overview_understood_and_compensated()
    {
        var (payer, payee) = (
            await platform.OpenWalletAsync("stuck-payer", "EUR", 100_000),
            await platform.OpenWalletAsync("stuck-payee", "EUR", 0));
        await platform.FailAsync($"wallet/{payer}");
        var payment = await platform.RequestAsync(
            new { method = "wallet", payerWalletId = payer, payeeWalletId = payee, amount = 43_21, currency = "EUR" });
        await using var tab = await ConsoleTab.OpenAsync(platform, "/");

        await tab.Page.Locator("[data-trouble=stuck]").ClickAsync();
        await Expect(tab.Page).ToHaveURLAsync(new Regex("/sagas\\?stuck=true"));
        var row = tab.Page.Locator(".sagas tr.row", new() { HasText = payment[^8..] });
        await Expect(row).ToContainTextAsync(new Regex("Stuck.*Wallet payment.*FundsHeld.*43\\.21", RegexOptions.Singleline));
        await Photographs.TakeAllAsync(tab.Page, "ops-1-stuck");
        await row.GetByRole(AriaRole.Link, new() { Name = "Wallet payment" }).ClickAsync();

        await Expect(tab.Test("deadline")).ToContainTextAsync(new Regex("in|over"));
        await Expect(tab.Page.Locator("[data-node=holding]")).ToHaveAttributeAsync("data-state", "Stuck");
        await Expect(tab.Page.Locator(".blockers"))
            .ToContainTextAsync(new Regex($"Tried again.*wallet/{payer}.*PlantedFailure", RegexOptions.Singleline));
        await Expect(tab.Page.Locator("[data-event='command.wallet.hold-funds.v1']").First).ToContainTextAsync("asks");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Compensate" }).First.ClickAsync();
        await Expect(tab.Test("preview")).ToContainTextAsync("make the money held for this available again");
        await Photographs.TakeAllAsync(tab.Page, "ops-2-saga-preview");
        var form = tab.Page.GetByRole(AriaRole.Form, new() { Name = "Undo what was done" });
        await form.GetByLabel("Reason").FillAsync("the payer has asked for it");
        await form.GetByRole(AriaRole.Button, new() { Name = "Compensate" }).ClickAsync();

        await Expect(tab.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("Compensated");
        await Expect(tab.Page.Locator("[data-act=compensate]")).ToContainTextAsync(
            new Regex("Compensated.*by admin.*from hold to release.*the payer has asked for it", RegexOptions.Singleline));
        await Expect(tab.Page.Locator("[data-node=releasing]")).ToHaveAttributeAsync("data-state", new Regex("Current|Stuck"));
        await Expect(tab.Page.Locator("[data-node=holding]")).ToHaveAttributeAsync("data-state", "Failed");
        await platform.FailAsync($"wallet/{payer}", seconds: 1);
        await Expect(tab.Page.Locator(".detail .status")).ToHaveTextAsync("Failed", new() { Timeout = 60_000 });
        await Expect(tab.Page.Locator("[data-node=failed]")).ToHaveAttributeAsync("data-state", "Failed");
        await Photographs.TakeAllAsync(tab.Page, "ops-3-saga-failed");
        Assert.Empty(tab.Complaints);
    }

    [Fact]
    public async Task A_decline_storm_is_set_seen_on_the_overview_and_ended()
    {
        var shop = await platform.OpenWalletAsync("storm-shop", "EUR", 0);
        await using var tab = await ConsoleTab.OpenAsync(platform, "/card-faults");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Decline storm" }).ClickAsync();
        await Expect(tab.Page.Locator("#faults ~ .status")).ToHaveTextAsync("Faulty");
        for (var i = 0; i < 40; i++)
        {
            await platform.RequestCardAsync(shop, 1_000 + i);
        }

        await tab.GoAsync("/");
        var card = tab.Page.Locator("[data-trouble=declines]", new() { HasText = "declined" });
        await Expect(card).ToContainTextAsync(new Regex("[0-9]+.* % of payments fail"));
        await Photographs.TakeAllAsync(tab.Page, "ops-4-storm");
        await card.ClickAsync();
        await Expect(tab.Test("failure")).ToContainTextAsync("declined");
        await Expect(tab.Page.Locator(".payments tr.row .why").First).ToHaveTextAsync("declined");
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Look at the card processor" }).ClickAsync();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Clear all" }).ClickAsync();
        await Expect(tab.Page.Locator("#faults ~ .status")).ToHaveTextAsync("Normal");
        await Photographs.TakeAllAsync(tab.Page, "ops-5-faults");

        await tab.GoAsync("/audit?act=card-faults-set");
        var cleared = tab.Page.Locator(".audit .row").First;
        await Expect(cleared).ToContainTextAsync(People.Admin);
        await Expect(cleared).ToContainTextAsync("Card faults set");
        Assert.Empty(tab.Complaints);
    }

    [Fact]
    public async Task An_outage_opens_the_breaker_and_its_end_closes_it()
    {
        var shop = await platform.OpenWalletAsync("outage-shop", "EUR", 0);
        await using var tab = await ConsoleTab.OpenAsync(platform, "/card-faults");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Outage" }).ClickAsync();
        await Expect(tab.Page.Locator("#faults ~ .status")).ToHaveTextAsync("Down");
        for (var i = 0; i < 4; i++)
        {
            await platform.RequestCardAsync(shop, 2_000 + i);
        }

        await tab.GoAsync("/");
        await tab.Page.Locator("[data-trouble=breaker]").ClickAsync();
        await Expect(tab.Page).ToHaveURLAsync(new Regex("/card-faults$"));
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Clear all" }).ClickAsync();
        await Expect(tab.Test("breaker")).ToContainTextAsync("Closed", new() { Timeout = 60_000 });
        Assert.Empty(tab.Complaints);
    }

    [Fact]
    public async Task A_paused_consumer_is_found_from_the_overview_and_resumed()
    {
        var (payer, payee) = (
            await platform.OpenWalletAsync("lag-payer", "EUR", 100_000),
            await platform.OpenWalletAsync("lag-payee", "EUR", 0));
        await using var tab = await ConsoleTab.OpenAsync(platform, "/consumers");
        var wallets = tab.Page.Locator("[data-consumer=wallet-service]");
        await Expect(wallets.Locator(".panel-head .status")).ToHaveTextAsync("Running");
        await ActAsync(wallets, "Pause", "Pause wallet-service", "to see what becomes of it");
        await Expect(wallets.Locator(".panel-head .status")).ToHaveTextAsync("Paused");
        await Expect(wallets.Locator("[data-test=standing]")).ToContainTextAsync("to see what becomes of it");
        await Expect(wallets.Locator(".members .status")).ToHaveTextAsync("Paused"); // The instance has paused.
        var payment = await platform.RequestAsync(
            new { method = "wallet", payerWalletId = payer, payeeWalletId = payee, amount = 500, currency = "EUR" });
        await Expect(wallets.Locator("[data-test=lag]")).ToHaveTextAsync(new Regex("^[1-9][0-9]* message"));

        await tab.GoAsync("/");
        await tab.Page.Locator("[data-trouble=consumer]").ClickAsync();
        await Photographs.TakeAllAsync(tab.Page, "ops-6-consumers");
        await ActAsync(wallets, "Resume", "Resume wallet-service", "seen enough");

        await Expect(wallets.Locator(".panel-head .status")).ToHaveTextAsync("Running");
        await Expect(wallets.Locator("[data-test=lag]")).ToHaveTextAsync("0 messages");
        await tab.GoAsync($"/payments/{payment}");
        await Expect(tab.Page.Locator(".detail .status")).ToHaveTextAsync("Completed");
        Assert.Empty(tab.Complaints);
    }

    [Fact]
    public async Task A_read_model_is_paused_resumed_and_rebuilt()
    {
        await using var tab = await ConsoleTab.OpenAsync(platform, "/projections");
        var minutes = tab.Page.Locator("[data-projection=payment_minutes]");
        await ActAsync(minutes, "Pause", "Pause: payment_minutes", "before the upgrade");
        await Expect(minutes.Locator(".panel-head .status")).ToHaveTextAsync("Paused");
        await ActAsync(minutes, "Resume", "Resume: payment_minutes", "after the upgrade");
        await Expect(minutes.Locator(".panel-head .status")).ToHaveTextAsync("Up to date");

        var wallets = tab.Page.Locator("[data-projection=wallets]");
        await Expect(wallets).ToContainTextAsync(new Regex("Last rebuilt.*never", RegexOptions.Singleline));
        await ActAsync(wallets, "Rebuild", "Rebuild: wallets", "to be sure");
        await Expect(wallets).Not.ToContainTextAsync("never");
        await Photographs.TakeAllAsync(tab.Page, "ops-7-projections");
        Assert.Empty(tab.Complaints);
    }

    [Fact]
    public async Task A_tampered_balance_is_found_from_the_overview_and_acknowledged()
    {
        var wallet = await platform.OpenWalletAsync("tampered", "EUR", 1_000);
        await platform.TamperAsync("wallets", $"update wallets set balance = balance + 7 where wallet_id = '{wallet}'");
        await using var tab = await ConsoleTab.OpenAsync(platform, "/");

        await tab.Page.Locator("[data-trouble=alert]").First.ClickAsync(new() { Timeout = 60_000 });
        var alert = tab.Page.Locator("[data-alert=wallets-are-the-fold-of-events]", new() { HasText = wallet });
        await Expect(alert.Locator(".facts a")).ToHaveAttributeAsync("href", new Regex("events/wallets/[0-9]+|streams/wallets/"));
        await ActAsync(alert, "Acknowledge", "Acknowledge this alert", "that was me");
        await Expect(alert.Locator("[data-act=acknowledge]"))
            .ToContainTextAsync(new Regex("by admin.*that was me", RegexOptions.Singleline));
        await Photographs.TakeAllAsync(tab.Page, "ops-8-alerts");

        await platform.TamperAsync("wallets", $"update wallets set balance = balance - 7 where wallet_id = '{wallet}'");
        await tab.GoAsync("/alerts?past=true");
        await Expect(alert).ToContainTextAsync("Cleared", new() { Timeout = 60_000 });
        Assert.Empty(tab.Complaints);
    }

    [Fact]
    public async Task What_a_browser_prefers_it_remembers()
    {
        await using var tab = await ConsoleTab.OpenAsync(platform, "/settings");
        await Expect(tab.Page.Locator("[data-service=sagas]")).ToContainTextAsync(new Regex("Healthy|Degraded"));
        await tab.Page.GetByRole(AriaRole.Radio, new() { Name = "UTC" }).CheckAsync();
        await tab.Page.GetByRole(AriaRole.Radio, new() { Name = "Compact" }).CheckAsync();
        await tab.Page.GetByRole(AriaRole.Radio, new() { Name = "Dark" }).CheckAsync();

        await tab.GoAsync("/settings");
        await Expect(tab.Page.Locator("html")).ToHaveAttributeAsync("data-zone", "utc");
        await Expect(tab.Page.Locator("html")).ToHaveAttributeAsync("data-density", "compact");
        await Expect(tab.Page.GetByRole(AriaRole.Radio, new() { Name = "Dark" })).ToBeCheckedAsync();
        await Expect(tab.Page.GetByRole(AriaRole.Radio, new() { Name = "UTC" })).ToBeCheckedAsync();

        // The time that is shown is that of UTC, which the title always has.
        var time = tab.Page.Locator("[data-service=sagas] local-time");
        var (shown, title) = (await time.EvaluateAsync<string>("t => t.shadowRoot.textContent"), await time.GetAttributeAsync("title"));
        Assert.Contains(shown, title, StringComparison.Ordinal);
        Assert.Empty(tab.Complaints);
    }

    private static async Task ActAsync(ILocator panel, string button, string form, string reason)
    {
        await panel.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).First.ClickAsync();
        var order = panel.GetByRole(AriaRole.Form, new() { Name = form });
        await order.GetByLabel("Reason").FillAsync(reason);
        await order.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();
        await Expect(order).ToHaveCountAsync(0);
    }
}
