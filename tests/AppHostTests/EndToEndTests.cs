using System.Net;
using BrowserTests;
using Microsoft.Playwright;

namespace AppHostTests;

public sealed class EndToEndTests(RunningApp app) : IClassFixture<RunningApp>
{
    private static readonly TimeSpan SeenWithin = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task A_wallet_payment_completes_and_moves_the_money()
    {
        var (payer, payee) = (await app.WalletWithAsync(5_000), await app.OpenWalletAsync("bob"));

        var payment = await app.PayAsync(payer, payee, 1_250);

        Assert.Equal("completed", await app.EndOfAsync($"/api/payments/{payment}"));
        Assert.Equal((3_750, 1_250), (await app.BalanceAsync(payer), await app.BalanceAsync(payee)));
    }

    [Fact]
    public async Task A_card_payment_completes_and_a_part_of_it_is_refunded()
    {
        var shop = await app.OpenWalletAsync("shop");
        var payment = (string)(await app.PostAsync(
            "/api/payments",
            new { method = "card", card = new { token = "tok_ok" }, payeeWalletId = shop, amount = 4_000, currency = "EUR" },
            HttpStatusCode.Accepted))["paymentId"]!;
        Assert.Equal("completed", await app.EndOfAsync($"/api/payments/{payment}"));

        var refund = (string)(await app.PostAsync(
            $"/api/payments/{payment}/refunds", new { amount = 1_500, currency = "EUR" }, HttpStatusCode.Accepted))["refundId"]!;

        Assert.Equal("completed", await app.EndOfAsync($"/api/payments/{payment}/refunds/{refund}"));
        Assert.Equal(2_500, await app.BalanceAsync(shop));
    }

    [Theory]
    [InlineData("kafka")]
    [InlineData("postgres")]
    [InlineData("cache")]
    [InlineData("wallet")]
    public async Task A_payment_completes_after_a_part_was_restarted_from_the_dashboard(string part)
    {
        var (payer, payee) = (await app.WalletWithAsync(1_000), await app.OpenWalletAsync("bob"));

        var restarted = await app.CommandAsync(part, "restart");
        Assert.True(restarted.Success, restarted.Message);
        await app.HealthyAsync(part);
        await app.HealthyAsync("gateway");
        var payment = await AskUntilAcceptedAsync(() => app.PayAsync(payer, payee, 100));

        Assert.Equal("completed", await app.EndOfAsync($"/api/payments/{payment}"));
        Assert.Equal((900, 100), (await app.BalanceAsync(payer), await app.BalanceAsync(payee)));
    }

    [Fact]
    public async Task A_payment_that_was_on_its_way_completes_after_a_service_was_killed_and_started_again()
    {
        var (payer, payee) = (await app.WalletWithAsync(1_000), await app.OpenWalletAsync("bob"));
        Assert.Equal("completed", await app.EndOfAsync($"/api/payments/{await app.PayAsync(payer, payee, 100)}"));

        await app.KillAsync("wallet");
        var payment = await app.PayAsync(payer, payee, 100);   // Whose wallets these are is known by now.
        Assert.True((await app.CommandAsync("wallet", "start")).Success);

        Assert.Equal("completed", await app.EndOfAsync($"/api/payments/{payment}"));
        Assert.Equal((800, 200), (await app.BalanceAsync(payer), await app.BalanceAsync(payee)));
    }

    [Fact]
    public async Task Buttons_of_the_dashboard_do_what_they_say()
    {
        Assert.True((await app.CommandAsync("gateway", "pause-payments")).Success);
        Assert.True((await app.CommandAsync("gateway", "resume-payments")).Success);
        Assert.True((await app.CommandAsync("gateway", "rebuild-payments")).Success);
        Assert.True((await app.CommandAsync("gateway", "plant-failure", "key", $"wallet/{Guid.NewGuid()}")).Success);
        var signIn = await app.CommandAsync("console", "sign-in");
        Assert.Contains(RunningApp.FirstPassword, signIn.Data?.Value, StringComparison.Ordinal);

        var verified = await app.CommandAsync("postgres", "verify");
        Assert.True(verified.Success, verified.Data?.Value);
        Assert.Contains("wallets", verified.Data?.Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_admin_signs_in_to_the_console_with_the_first_password_and_sees_a_payment()
    {
        var payment = await app.PayAsync(await app.WalletWithAsync(700), await app.OpenWalletAsync("bob"), 700);
        Assert.Equal("completed", await app.EndOfAsync($"/api/payments/{payment}"));
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await Chromium.LaunchAsync(playwright);
        var page = await browser.NewPageAsync();
        page.SetDefaultTimeout((float)SeenWithin.TotalMilliseconds);

        await page.GotoAsync(new Uri(app.Console, $"/payments/{payment}").ToString());
        await page.GetByLabel("Name").FillAsync("admin");
        await page.GetByLabel("Password").FillAsync(RunningApp.FirstPassword);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.GetByLabel("Password now").FillAsync(RunningApp.FirstPassword);
        await page.GetByLabel("New password").FillAsync("correct horse battery");
        await page.GetByRole(AriaRole.Button, new() { Name = "Change the password" }).ClickAsync();
        await page.GotoAsync(new Uri(app.Console, $"/payments/{payment}").ToString());

        await Assertions.Expect(page.GetByText("completed").First)
            .ToBeVisibleAsync(new() { Timeout = (float)SeenWithin.TotalMilliseconds });
    }

    // While a part comes up again, the gateway may answer that a service is away: nothing was accepted then.
    private static async Task<string> AskUntilAcceptedAsync(Func<Task<string>> ask)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await ask();
            }
            catch (Xunit.Sdk.TrueException) when (tries < 60)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
            }
        }
    }
}
