using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BrowserTests;

/// <summary>From a search to one event, to what caused it, and to its stream as it was at any moment.</summary>
public sealed class EventTests(Platform platform)
{
    [Fact]
    public async Task An_event_is_found_its_causes_are_walked_and_its_stream_is_seen_through_time()
    {
        var payer = await platform.OpenWalletAsync("traveller", "EUR", 10_000);
        var payment = await platform.PayAsync(payer, await platform.OpenWalletAsync("travelled-to", "EUR", 0), 2_500, "EUR", "a journey");
        await using var tab = await ConsoleTab.OpenAsync(platform, "/events");

        // By the id of the payment, over all services; then only one type of event.
        await tab.Page.GetByRole(AriaRole.Textbox).FillAsync(payment);
        await tab.Page.Keyboard.PressAsync("Enter");
        await Expect(tab.Page).ToHaveURLAsync(new Regex($"events\\?correlation={payment}$"));
        await Expect(Rows(tab)).ToHaveCountAsync(14);
        await Expect(tab.Test("reached")).ToContainTextAsync("These are all 14 of them.");
        await tab.Page.GetByLabel("Type").SelectOptionAsync("wallet.funds-held.v1");
        await Expect(Rows(tab)).ToHaveCountAsync(1);
        await Photographs.TakeAllAsync(tab.Page, "events-1-found");
        await Rows(tab).GetByRole(AriaRole.Link, new() { Name = "Held 25.00 EUR of the payer's money" }).ClickAsync();

        // What led to it, what came of it, in all services.
        await Expect(tab.Page).ToHaveURLAsync(new Regex("/events/wallets/[0-9]+$"));
        await Expect(tab.Test("causes")).ToHaveTextAsync("2 led to it, 9 came of it, of 14");
        await Expect(tab.Page.Locator(".tree li")).ToHaveCountAsync(14);
        await Expect(tab.Page.Locator(".tree .here")).ToHaveAttributeAsync("data-event", "wallet.funds-held.v1");
        await Expect(tab.Page.Locator(".tree .cause")).ToHaveCountAsync(2);
        await Expect(tab.Test("data")).ToContainTextAsync("\"minor\": 2500");
        await Photographs.TakeAllAsync(tab.Page, "events-2-tree");
        await tab.Page.Locator(".tree .cause a", new() { HasText = "asked to pay" }).ClickAsync();
        await Expect(tab.Page).ToHaveURLAsync(new Regex("/events/payments/[0-9]+$"));
        await Expect(tab.Test("causes")).ToContainTextAsync("0 led to it, 13 came of it");
        await tab.Page.Locator(".tree .effect[data-event='wallet.funds-held.v1'] a").ClickAsync();
        await tab.Page.Locator(".facts .id.stream a").ClickAsync();

        // The stream at that version: what the event changed. Then by keys, and the address says where.
        await Expect(tab.Page).ToHaveURLAsync(new Regex($"/streams/wallets/wallet/{payer}\\?v=3$"));
        await Expect(tab.Page.Locator("[data-version='3'] .changes")).ToContainTextAsync(
            new Regex("held.minor.*0.*2500", RegexOptions.Singleline));
        await Expect(tab.Test("state")).ToContainTextAsync("\"holds\"");
        await Photographs.TakeAllAsync(tab.Page, "events-3-moment");
        await tab.Test("version").FocusAsync();
        await tab.Page.Keyboard.PressAsync("ArrowLeft");
        await Expect(tab.Page).ToHaveURLAsync(new Regex("\\?v=2$"));
        await Expect(tab.Page.Locator("[data-version='2'] .changes")).ToContainTextAsync(
            new Regex("balance.minor.*0.*10000", RegexOptions.Singleline));
        await tab.Page.Keyboard.PressAsync("End");
        await Expect(tab.Page).ToHaveURLAsync(new Regex("\\?v=4$"));
        await tab.Page.Keyboard.PressAsync("Home");
        await Expect(tab.Page.Locator("[data-version='0']")).ToContainTextAsync("Nothing had happened yet.");

        // Two moments side by side, and the same for whoever is given the address.
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Two side by side" }).ClickAsync();
        await tab.Page.GetByLabel("A, as a number").FillAsync("2");
        await tab.Page.Keyboard.PressAsync("Tab");
        await Expect(tab.Page).ToHaveURLAsync(new Regex("\\?a=2&b=0$"));
        await tab.Page.GetByLabel("B, as a number").FillAsync("4");
        await tab.Page.Keyboard.PressAsync("Tab");
        await Expect(tab.Page).ToHaveURLAsync(new Regex("\\?a=2&b=4$"));
        await SeeBothMomentsAsync(tab);
        await Photographs.TakeAllAsync(tab.Page, "events-4-two-moments");
        await using var other = await ConsoleTab.OpenAsync(platform, new Uri(tab.Page.Url).PathAndQuery);
        await SeeBothMomentsAsync(other);
        Assert.Empty(tab.Complaints);
        Assert.Empty(other.Complaints);
    }

    [Fact]
    public async Task Whoever_follows_sees_the_events_of_a_new_payment_and_whoever_pauses_does_not()
    {
        var (payer, payee) =
            (await platform.OpenWalletAsync("followed", "EUR", 10_000), await platform.OpenWalletAsync("followed-to", "EUR", 0));
        await using var tab = await ConsoleTab.OpenAsync(platform, "/events?type=wallet.funds-held.v1,wallet.funds-credited.v1");
        await Expect(tab.Test("reached")).Not.ToContainTextAsync("Searching");

        await platform.PayAsync(payer, payee, 4_321, "EUR", "seen");
        await Expect(Rows(tab).Filter(new() { HasText = "43.21" })).ToHaveCountAsync(2);

        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await platform.PayAsync(payer, payee, 1_234, "EUR", "seen later");
        await Expect(tab.Page.Locator(".news")).ToContainTextAsync(new Regex("[2-9] new events"));
        await Expect(Rows(tab).Filter(new() { HasText = "12.34" })).ToHaveCountAsync(0);
        await tab.Page.Locator(".news button").ClickAsync();
        await Expect(Rows(tab).Filter(new() { HasText = "12.34" })).ToHaveCountAsync(2);
        await Expect(tab.Page.Locator(".news")).ToHaveCountAsync(0);
        Assert.Empty(tab.Complaints);
    }

    [Fact]
    public async Task A_long_list_has_only_what_is_in_sight_and_grows_when_one_scrolls()
    {
        var wallet = await platform.OpenWalletAsync("long-list", "EUR", 0);
        for (var i = 0; i < 250; i++)
        {
            await platform.PostAsync($"/api/wallets/{wallet}/deposits", new { amount = 100 + i, currency = "EUR" });
        }

        await using var tab = await ConsoleTab.OpenAsync(platform, $"/events?service=wallets&stream=wallet/{wallet}");
        await Expect(Rows(tab).First).ToContainTextAsync("3.49 EUR came in");
        Assert.InRange(await Rows(tab).CountAsync(), 20, 90);

        await tab.Page.WaitForFunctionAsync(
            "() => { scrollTo(0, document.body.scrollHeight); " +
            "return document.querySelector('[data-test=reached]').innerText.includes('all 251'); }");

        await Expect(Rows(tab).Last).ToContainTextAsync("Opened a wallet");
        Assert.InRange(await Rows(tab).CountAsync(), 10, 90);

        // Whoever reads further down is not disturbed, but told.
        await platform.PostAsync($"/api/wallets/{wallet}/deposits", new { amount = 7_700, currency = "EUR" });
        await Expect(tab.Page.Locator(".news")).ToHaveTextAsync("1 new event");
        await tab.Page.Locator(".news button").ClickAsync();
        await Expect(Rows(tab).First).ToContainTextAsync("77.00 EUR came in");
        Assert.Empty(tab.Complaints);
    }

    [Fact]
    public async Task A_payment_leads_to_its_saga_its_events_its_streams_its_refunds_and_its_dead_letters()
    {
        var payer = await platform.OpenWalletAsync("linked", "EUR", 10_000);
        var payment = await platform.PayAsync(payer, await platform.OpenWalletAsync("linked-to", "EUR", 0), 2_500, "EUR", "linked");
        var refund = (string)(await platform.PostAsync(
            $"/api/payments/{payment}/refunds", new { amount = 500, currency = "EUR" }))["refundId"]!;
        var nobody = Guid.CreateVersion7().ToString("D");
        await platform.Poison.SendForAsync(payment, nobody, Poison.Credit(nobody, 700));
        var letter = await platform.DeadLetterAsync($"wallet/{nobody}");

        await using var tab = await ConsoleTab.OpenAsync(platform, $"/payments/{payment}");

        await Expect(tab.Page.Locator(".linked .bad")).ToHaveAttributeAsync("href", $"dead-letters/wallets/{letter}");
        await Expect(tab.Page.Locator(".linked").GetByRole(AriaRole.Link, new() { Name = "Saga", Exact = true }))
            .ToHaveAttributeAsync("href", $"sagas/{payment}");
        await Expect(tab.Page.Locator(".refunds li")).ToContainTextAsync(new Regex("5.00.*Completed", RegexOptions.Singleline));
        await Photographs.TakeAllAsync(tab.Page, "payment-linked");
        await tab.Page.Locator(".refunds").GetByRole(AriaRole.Link, new() { Name = "through time" }).ClickAsync();
        await Expect(tab.Page).ToHaveURLAsync(new Regex($"/streams/sagas/saga/{refund}$"));
        await Expect(tab.Test("state")).ToContainTextAsync("\"phase\": \"Completed\"");
        await tab.Page.GoBackAsync();
        await tab.Page.Locator(".linked").GetByRole(AriaRole.Link, new() { Name = "Payment through time" }).ClickAsync();
        await Expect(tab.Page.Locator(".versions li").First).ToContainTextAsync("5.00 EUR went back");
        await tab.GoAsync($"/events?correlation={payment}&type=payment.requested.v1");
        await Expect(Rows(tab)).ToHaveCountAsync(1);
        Assert.Empty(tab.Complaints);
    }

    [Fact]
    public async Task What_is_not_understood_is_said_and_what_is_not_there_helps_on()
    {
        await using var tab = await ConsoleTab.OpenAsync(platform, "/events");

        await tab.Page.GetByRole(AriaRole.Textbox).FillAsync("12");
        await tab.Page.Keyboard.PressAsync("Enter");
        await Expect(tab.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("choose a service first");
        await tab.Page.GetByRole(AriaRole.Textbox).FillAsync("something");
        await tab.Page.Keyboard.PressAsync("Enter");
        await Expect(tab.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("wallet/0198c0de");

        await tab.GoAsync("/events?stream=nothing");
        await Expect(tab.Page.GetByText("That cannot be shown")).ToBeVisibleAsync();
        await tab.GoAsync($"/events?correlation={Guid.NewGuid()}");
        await Expect(tab.Page.GetByText("No event fits this filter")).ToBeVisibleAsync();
        await tab.GoAsync("/events/wallets/99999999");
        await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("There is no such event here");
        await tab.GoAsync($"/streams/wallets/wallet/{Guid.NewGuid()}");
        await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("There is no such stream");
        Assert.Empty(tab.Complaints);
    }

    private static ILocator Rows(ConsoleTab tab) => tab.Page.Locator(".log tr.row");

    private static async Task SeeBothMomentsAsync(ConsoleTab tab)
    {
        await Expect(tab.Page.Locator("[data-a='2'][data-b='4'] .changes")).ToContainTextAsync(
            new Regex("balance.minor.*10000.*7500", RegexOptions.Singleline));
        await Expect(tab.Test("between")).ToHaveTextAsync("2");
        await Expect(tab.Page.Locator(".versions li")).ToHaveTextAsync(
            [new Regex("Held 25.00 EUR of the payer"), new Regex("left the payer's wallet")]);
        await Expect(tab.Test("a")).ToHaveValueAsync("2");
        await Expect(tab.Test("b")).ToHaveValueAsync("4");
    }
}
