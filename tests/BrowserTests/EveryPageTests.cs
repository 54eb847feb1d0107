using Microsoft.Playwright;

namespace BrowserTests;

/// <summary>
/// What holds for every page. With <c>PAYMENTS_SCREENSHOTS=folder</c> each is also photographed, light and dark, wide and narrow.
/// </summary>
public sealed class EveryPageTests(Platform platform)
{
    private const int DeskWidth = 1360;
    private const int PhoneWidth = 390;

    // What a phone adds is the layout, and what the dark adds are the colours: both at once are for those who look at the pictures.
    private static readonly (int Width, ColorScheme Scheme)[] Looks =
    [
        (DeskWidth, ColorScheme.Light),
        (DeskWidth, ColorScheme.Dark),
        (PhoneWidth, ColorScheme.Light),
        .. Photographs.AreWanted ? [(PhoneWidth, ColorScheme.Dark)] : Array.Empty<(int, ColorScheme)>(),
    ];

    [Fact]
    public async Task Every_page_fits_a_phone_keeps_nobody_out_has_one_heading_and_draws_no_complaint_from_the_browser()
    {
        var pages = await PagesAsync();
        var barriers = new List<string>();
        foreach (var (width, scheme) in Looks)
        {
            await using var tab = await ConsoleTab.OpenAsync(platform, "/", width, height: 900, scheme);
            foreach (var (name, path) in pages)
            {
                await tab.GoAsync(path);
                await Assertions.Expect(tab.Page.Locator("h1")).ToHaveCountAsync(1);
                await Assertions.Expect(tab.Page.Locator(".waiting")).ToHaveCountAsync(0);
                if (name == "overview")
                {
                    await Assertions.Expect(tab.Page.Locator(".chart .grid").First).ToBeAttachedAsync();
                }

                await Photographs.ReceiveAsync(tab.Page, $"{name}-{width}-{scheme}");
                barriers.AddRange(await Axe.ViolationsAsync(tab.Page, $"{name}, {width} px, {scheme}"));
                var beyond = await tab.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - window.innerWidth");
                Assert.True(beyond <= 0, $"{name} is {beyond} px wider than a window of {width} px.");
            }

            Assert.Empty(tab.Complaints);
        }

        Assert.True(barriers.Count == 0, string.Join('\n', barriers));
    }

    private async Task<Dictionary<string, string>> PagesAsync()
    {
        var anna = await platform.OpenWalletAsync("anna", "EUR", 1_250_000);
        var ben = await platform.OpenWalletAsync("ben", "EUR", 40_000);
        await platform.OpenWalletAsync("a-rather-long-user-id.of-the-kind-that-breaks-pages@example.org", "KWD", 999_999_999_999);
        var payment = "";
        for (var i = 1; i <= 12; i++)
        {
            payment = await platform.PayAsync(anna, ben, 4_200 * i, "EUR", $"invoice {i}");
        }

        var failed = await platform.PayAsync(ben, anna, 99_999_900, "EUR", "more than there is");
        var (nobody, refused) = await DeadLettersAsync(ben);
        var replay = await platform.PostAsync(
            "/api/admin/wallets/replays",
            new { selection = new { ids = new[] { refused } }, reason = "perhaps it works now", stopAtPercent = 100 });
        return new()
        {
            ["overview"] = "/",
            ["payments"] = "/payments",
            ["payments-none"] = "/payments?status=pending",
            ["payment"] = $"/payments/{payment}",
            ["payment-failed"] = $"/payments/{failed}",
            ["wallets"] = "/wallets",
            ["wallets-none"] = "/wallets?user=nobody",
            ["wallet"] = $"/wallets/{anna}",
            ["wallet-statement"] = $"/wallets/{anna}?view=statement",
            ["wallet-past"] = $"/wallets/{anna}?at=2100-01-01T00:00:00Z",
            ["events"] = "/events",
            ["events-none"] = "/events?type=never.v1",
            ["event"] = "/events/wallets/3",
            ["event-last"] = $"/events/payments/{await platform.LastEventAsync(failed)}",
            ["event-none"] = "/events/wallets/999999999",
            ["stream"] = $"/streams/wallets/wallet/{anna}",
            ["stream-two"] = $"/streams/wallets/wallet/{anna}?a=2&b=5",
            ["stream-payment"] = $"/streams/payments/payment/{payment}",
            ["stream-saga"] = $"/streams/sagas/saga/{payment}?v=4",
            ["stream-none"] = "/streams/wallets/wallet/nothing",
            ["dead-letters"] = "/dead-letters",
            ["dead-letters-none"] = "/dead-letters?text=nothing-like-this",
            ["dead-letter"] = $"/dead-letters/wallets/{refused}",
            ["dead-letter-bytes"] = $"/dead-letters/wallets/{nobody}",
            ["dead-letter-none"] = "/dead-letters/wallets/999999999",
            ["wizard-services"] = "/dead-letters/replay",
            ["wizard"] = "/dead-letters/replay?service=wallets",
            ["sagas"] = "/sagas",
            ["sagas-stuck"] = "/sagas?stuck=true",
            ["saga"] = $"/sagas/{payment}",
            ["saga-failed"] = $"/sagas/{failed}",
            ["saga-none"] = $"/sagas/{Guid.CreateVersion7()}",
            ["alerts"] = "/alerts",
            ["alerts-past"] = "/alerts?past=true",
            ["consumers"] = "/consumers",
            ["projections"] = "/projections",
            ["card-faults"] = "/card-faults",
            ["settings"] = "/settings",
            ["payments-failure"] = "/payments?status=failed&failure=insufficient_funds",
            ["replays"] = "/replays",
            ["replay"] = $"/replays/wallets/{replay["id"]}",
            ["approvals"] = "/approvals",
            ["audit"] = "/audit",
            ["operators"] = "/operators",
        };
    }

    private async Task<(long Unreadable, long Refused)> DeadLettersAsync(string wallet)
    {
        var unknown = Guid.CreateVersion7().ToString("D");
        await platform.Poison.SendBytesAsync();
        await platform.Poison.SendAsync(unknown, Poison.Credit(unknown, 1_234_500));
        await platform.Poison.SendAsync(unknown, Poison.Credit(unknown, 9_900));
        await platform.Poison.SendTruncatedAsync(wallet, Poison.Credit(wallet, 4_200));
        await platform.DeadLetterAsync($"wallet/{wallet}");
        return (await platform.DeadLetterAsync("somebody"), await platform.DeadLetterAsync($"wallet/{unknown}"));
    }
}
