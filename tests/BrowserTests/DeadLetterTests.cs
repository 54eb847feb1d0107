using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BrowserTests;

/// <summary>What an operator does about messages that could not be handled, from finding them to the end.</summary>
public sealed class DeadLetterTests(Platform platform)
{
    [Fact]
    public async Task Poison_whose_money_nobody_can_tell_is_found_not_mended_rehearsed_and_its_replay_stops_by_itself()
    {
        var (mended, broken) = (
            await platform.OpenWalletAsync("mended", "EUR", 10_000), await platform.OpenWalletAsync("broken", "EUR", 10_000));
        var whole = Poison.Hold(mended, 700);
        await platform.Poison.SendTruncatedAsync(mended, whole);
        await platform.Poison.SendAsync(mended, Poison.Hold(mended, 50));
        await platform.Poison.SendTruncatedAsync(broken, Poison.Hold(broken, 900));
        await platform.DeadLetterAsync($"wallet/{broken}");
        await using var tab = await ConsoleTab.OpenAsync(platform, "/");

        // From the overview to it: its group, and in that the letter of this wallet.
        await tab.Page.Locator("a.tile", new() { HasText = "Dead letters" }).ClickAsync();
        await tab.Page.GetByLabel("Message type").SelectOptionAsync("command.wallet.hold-funds.v1");
        await Expect(tab.Page).ToHaveURLAsync(new Regex("type=command.wallet.hold-funds.v1"));
        var group = tab.Page.Locator(".groups tr.row");
        await Expect(group).ToHaveCountAsync(1);
        await Expect(group).ToContainTextAsync(new Regex("WireFormatException.*0\\.50.*EUR.*2", RegexOptions.Singleline));
        await group.GetByRole(AriaRole.Link, new() { Name = "WireFormatException", Exact = true }).ClickAsync();
        await Expect(tab.Page.Locator(".letters tr.row")).ToHaveCountAsync(2);
        await Photographs.TakeAllAsync(tab.Page, "flow-1-group");
        await tab.Page.Locator(".letters tr.row", new() { HasText = mended }).GetByRole(AriaRole.Link).ClickAsync();
        await Expect(tab.Test("error")).ToContainTextAsync("WireFormatException");
        await Expect(tab.Test("origin")).ToHaveTextAsync(new Regex("^commands.wallets.v1 / 0 / [0-9]+$"));
        await Expect(tab.Page.Locator(".behind li")).ToContainTextAsync(new Regex("hold-funds.*0\\.50", RegexOptions.Singleline));

        // A payload that the consumer would not understand is refused, and so is one whose money nobody can compare with what was sent.
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Edit" }).ClickAsync();
        await EditAsync(tab, """{"nonsense":true}""");
        await Expect(tab.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("command.wallet.hold-funds.v1");
        await Photographs.TakeAllAsync(tab.Page, "flow-2-edit");
        await EditAsync(tab, Poison.Json(whole));
        await Expect(tab.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("nobody can tell what the money was");

        // Both of the group: nothing is mended, and the dry run says so.
        await tab.GoAsync("/dead-letters?type=command.wallet.hold-funds.v1");
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Replay or discard WireFormatException" }).ClickAsync();
        await Expect(tab.Test("chosen")).ToHaveTextAsync("2");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Freeze and dry run" }).ClickAsync();
        await Expect(tab.Test("frozen")).ToContainTextAsync("2 dead letters");
        await Expect(tab.Test("foretold")).ToContainTextAsync("2 would fail");
        await Photographs.TakeAllAsync(tab.Page, "flow-4-frozen");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Go on" }).ClickAsync();
        await tab.Page.GetByLabel("Reason").FillAsync("mended by hand");
        await Photographs.TakeAllAsync(tab.Page, "flow-5-limits");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Start", Exact = true }).ClickAsync();

        await Expect(tab.Page).ToHaveURLAsync(new Regex("/replays/wallets/"));
        await Expect(tab.Page.Locator(".detail .status")).ToHaveTextAsync("Stopped"); // By itself: too much of it fails.
        await Expect(tab.Page.Locator(".items tr.row").First).ToContainTextAsync("WireFormatException");
        await Expect(tab.Page.Locator("[data-act=replay-created]")).ToContainTextAsync(
            new Regex("Started.*by admin.*mended by hand", RegexOptions.Singleline));
        await Photographs.TakeAllAsync(tab.Page, "flow-6-result");
        await tab.GoAsync($"/wallets/{mended}");
        await Expect(tab.Test("held")).ToContainTextAsync("0.00");
        await tab.GoAsync("/replays");
        await Expect(tab.Page.Locator(".replays tr.row", new() { HasText = "mended by hand" })).ToContainTextAsync("Stopped");
        Assert.Empty(tab.Complaints);
    }

    [Fact]
    public async Task A_refused_command_is_discarded_with_a_reason_and_that_is_on_record()
    {
        var nobody = Guid.CreateVersion7().ToString("D");
        await platform.Poison.SendAsync(nobody, Poison.Credit(nobody, 250_000));
        var id = await platform.DeadLetterAsync($"wallet/{nobody}");
        await using var tab = await ConsoleTab.OpenAsync(platform, $"/dead-letters/wallets/{id}");
        await Expect(tab.Page.Locator(".facts").First).ToContainTextAsync("2,500.00");

        var download = await tab.Page.RunAndWaitForDownloadAsync(
            () => tab.Page.GetByRole(AriaRole.Link, new() { Name = "incident capsule" }).ClickAsync());
        Assert.Equal($"incident-wallets-{id}.json", download.SuggestedFilename);
        var capsule = JsonNode.Parse(await File.ReadAllTextAsync(await download.PathAsync(), TestContext.Current.CancellationToken))!;
        Assert.Equal(($"wallet/{nobody}", "wallet_not_found"), ((string)capsule["stream"]!, (string)capsule["letter"]!["errorType"]!));
        Assert.Empty(capsule["missing"]!.AsArray()); // The other services have told what they know.

        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Discard" }).ClickAsync();
        var confirm = tab.Page.GetByRole(AriaRole.Form, new() { Name = "Discard this message" });
        await Expect(confirm.GetByLabel("Reason")).ToBeFocusedAsync();
        await tab.Page.Keyboard.PressAsync("Enter");
        await Expect(confirm.GetByRole(AriaRole.Alert)).ToContainTextAsync("Say why");
        await tab.Page.Keyboard.TypeAsync("that wallet never was");
        await tab.Page.Keyboard.PressAsync("Enter");

        await Expect(tab.Page.Locator(".detail .status")).ToHaveTextAsync("Discarded");
        await Expect(tab.Page.Locator("[data-act=discard]")).ToContainTextAsync(
            new Regex("Discarded.*by admin.*that wallet never was", RegexOptions.Singleline));
        await Expect(tab.Page.GetByRole(AriaRole.Group, new() { Name = "Acts" })).ToHaveCountAsync(0);
        Assert.Empty(tab.Complaints);
    }

    [Fact]
    public async Task A_key_that_is_tried_again_by_itself_is_shown_with_its_next_attempt()
    {
        var wallet = await platform.OpenWalletAsync("tried-again", "EUR", 100);
        await platform.FailAsync($"wallet/{wallet}");
        await platform.Poison.SendAsync(wallet, Poison.Credit(wallet, 100));
        await platform.Poison.SendAsync(wallet, Poison.Credit(wallet, 200));

        await using var tab = await ConsoleTab.OpenAsync(platform, "/dead-letters?service=wallets");

        var key = tab.Page.Locator(".keys tr.row", new() { HasText = wallet });
        await Expect(key).ToContainTextAsync(
            new Regex("credit-funds.*PlantedFailureException.*[0-9].*1.*(in [0-9]+ s|now)", RegexOptions.Singleline));
        await Photographs.TakeAllAsync(tab.Page, "flow-8-tried-again");
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Saga", Exact = true }).ClickAsync();
        await Expect(key).ToHaveCountAsync(0);
        await Expect(tab.Page.GetByText("All is well")).ToBeVisibleAsync();
        await Photographs.TakeAllAsync(tab.Page, "flow-9-all-well");
        Assert.Empty(tab.Complaints);
    }

    [Fact]
    public async Task A_replay_is_paused_resumed_and_cancelled_while_one_looks_on()
    {
        var nobodies = Enumerable.Range(0, 60).Select(_ => Guid.CreateVersion7().ToString("D")).ToList();
        foreach (var nobody in nobodies)
        {
            await platform.Poison.SendAsync(nobody, new Payments.Domain.Wallets.WalletCommand.Release(
                new(Guid.Parse(nobody)), new(Guid.CreateVersion7()), new(Guid.CreateVersion7())));
        }

        await platform.DeadLetterAsync($"wallet/{nobodies[^1]}");
        await using var tab = await ConsoleTab.OpenAsync(
            platform, "/dead-letters/replay?service=wallets&type=command.wallet.release-hold.v1");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Freeze and dry run" }).ClickAsync();
        await Expect(tab.Test("foretold")).ToContainTextAsync("60 would fail");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Go on" }).ClickAsync();
        await tab.Page.GetByLabel("Messages a second").FillAsync("1");
        await tab.Page.GetByLabel("Stop when").FillAsync("100");
        await tab.Page.GetByLabel("Reason").FillAsync("only to look");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Start", Exact = true }).ClickAsync();
        await Expect(tab.Test("failed")).ToHaveTextAsync(new Regex("[1-9]"));

        await Photographs.TakeAllAsync(tab.Page, "flow-7-running");
        await SteerAsync(tab, "Pause", "Paused");
        await SteerAsync(tab, "Resume", "Running");
        await SteerAsync(tab, "Cancel", "Cancelled");

        await Expect(tab.Page.Locator("[data-act]")).ToHaveTextAsync(
            [new Regex("Started"), new Regex("paused"), new Regex("resumed"), new Regex("cancelled")]);
        Assert.Empty(tab.Complaints);
    }

    private static async Task SteerAsync(ConsoleTab tab, string act, string status)
    {
        await tab.Page.GetByRole(AriaRole.Group, new() { Name = "Acts" }).GetByRole(AriaRole.Button, new() { Name = act }).ClickAsync();
        await tab.Page.GetByLabel("Reason").FillAsync($"to {act}");
        await tab.Page.Keyboard.PressAsync("Enter");
        await Expect(tab.Page.Locator(".detail .status")).ToHaveTextAsync(status);
    }

    private static async Task EditAsync(ConsoleTab tab, string payload)
    {
        await tab.Page.GetByLabel("New payload, JSON").FillAsync(payload);
        await tab.Page.GetByLabel("Reason").FillAsync("the end was missing");
        await Expect(tab.Page.Locator(".diff .come").First).ToBeVisibleAsync();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
    }
}
