using System.Net;
using System.Text.Json;
using IntegrationTests.WholeSystem;
using Payments.Contracts.Wallets;
using Payments.Domain;
using Payments.Domain.Wallets;
using Payments.EventStore.Contract;
using Payments.WalletService;

namespace IntegrationTests.Wallets;

/// <summary>Freezing, overdraft, and limits from the configuration.</summary>
public sealed class RulesTests(PostgresFixture postgres) : IAsyncLifetime
{
    private WalletPlatform _wallets = null!;

    public async ValueTask InitializeAsync() => _wallets = await WalletPlatform.StartAsync(
        postgres, "Rules:Limits:EUR:PerTransactionMinor=1000", "Rules:Limits:EUR:PerDayMinor=1500");

    public ValueTask DisposeAsync() => _wallets.DisposeAsync();

    [Fact]
    public async Task Of_a_frozen_wallet_nothing_goes_out_or_in_but_what_has_begun_can_end()
    {
        var wallet = await _wallets.Api.OpenWalletWithAsync(5_000);
        var (taken, given) = (await _wallets.HoldAsync(wallet, 300), await _wallets.HoldAsync(wallet, 200));

        using var freeze = new HttpRequestMessage(HttpMethod.Post, $"/api/admin/wallets/{wallet}/freeze")
        {
            Content = new StringContent("""{"reason":"Court order 7"}""", null, "application/json"),
            Headers = { { "Idempotency-Key", Api.Fresh("key") }, { "X-Operator", "ann" } },
        };
        using var answer = await _wallets.Api.Http.SendAsync(freeze, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var again = await _wallets.PostAsync($"/api/admin/wallets/{wallet}/freeze", new { reason = "And again" }, HttpStatusCode.OK);
        Assert.Equal(("frozen", 5L), ((string?)again["status"], (long)again["version"]!));

        foreach (var movement in new[] { "deposits", "withdrawals", "holds" })
        {
            await _wallets.RefuseAsync($"/api/wallets/{wallet}/{movement}", new { amount = 1, currency = "EUR" }, "wallet_frozen");
        }

        await _wallets.PostAsync($"/api/wallets/{wallet}/holds/{taken}/captures", new { });
        await _wallets.PostAsync($"/api/wallets/{wallet}/holds/{given}/releases", new { });
        await _wallets.PostAsync($"/api/admin/wallets/{wallet}/unfreeze", new { reason = "Lifted" }, HttpStatusCode.OK);
        await _wallets.PostAsync($"/api/wallets/{wallet}/withdrawals", new { amount = 700, currency = "EUR" });

        Assert.Equal((4_000, 0, "active"), Facts(await _wallets.Api.WalletAsync(wallet)));
        Assert.Equal((5_000, 500, "frozen"), Facts(await _wallets.Api.GetAsync<WalletView>($"/api/wallets/{wallet}?version=5")));
        var frozen = (await _wallets.Log.EventsAsync(new EventFilter { StreamType = "wallet" })).Single(e => e.Type == "wallet.frozen.v1");
        Assert.Equal("internal/ann", frozen.Metadata.Actor);
        Assert.Equal("""{"reason":"Court order 7"}""", JsonSerializer.Serialize(JsonSerializer.Deserialize<JsonElement>(frozen.Data.Span)));
    }

    [Fact]
    public async Task A_wallet_goes_below_zero_as_far_as_its_overdraft_and_no_further()
    {
        var wallet = await _wallets.Api.OpenWalletAsync();
        await _wallets.RefuseAsync($"/api/wallets/{wallet}/withdrawals", new { amount = 1, currency = "EUR" }, "insufficient_funds");

        await _wallets.PostAsync($"/api/admin/wallets/{wallet}/overdraft", new { limit = 500, reason = "agreed" }, HttpStatusCode.OK);
        await _wallets.RefuseAsync($"/api/wallets/{wallet}/withdrawals", new { amount = 501, currency = "EUR" }, "insufficient_funds");
        await _wallets.PostAsync($"/api/wallets/{wallet}/withdrawals", new { amount = 300, currency = "EUR" });
        await _wallets.RefuseAsync($"/api/wallets/{wallet}/holds", new { amount = 201, currency = "EUR" }, "insufficient_funds");
        await _wallets.HoldAsync(wallet, 200);
        await _wallets.RefuseAsync($"/api/admin/wallets/{wallet}/overdraft", new { limit = 499, reason = "agreed" }, "overdraft_in_use");

        var view = await _wallets.Api.WalletAsync(wallet);
        Assert.Equal((-300, 200, 0, 500), (view.Balance, view.Held, view.Available, view.Overdraft));
        var before = await _wallets.Api.GetAsync<WalletView>($"/api/wallets/{wallet}?version=2");
        Assert.Equal((0, 500, 500), (before.Balance, before.Available, before.Overdraft));
        Assert.Equal(["card-clearing EUR 300"], await _wallets.AccountsAsync());
        await _wallets.AssertBalancedAsync();
    }

    [Fact]
    public async Task Limits_per_transaction_and_per_day_stand_against_withdrawals_and_holds_of_their_currency()
    {
        var wallet = await _wallets.Api.OpenWalletWithAsync(10_000);
        var withdrawals = $"/api/wallets/{wallet}/withdrawals";
        await _wallets.RefuseAsync(withdrawals, new { amount = 1_001, currency = "EUR" }, "limit_per_transaction");
        await _wallets.RefuseAsync($"/api/wallets/{wallet}/holds", new { amount = 1_001, currency = "EUR" }, "limit_per_transaction");
        await _wallets.PostAsync(withdrawals, new { amount = 1_000, currency = "EUR" });
        await _wallets.RefuseAsync(withdrawals, new { amount = 501, currency = "EUR" }, "limit_per_day");
        var hold = await _wallets.HoldAsync(wallet, 500);
        await _wallets.RefuseAsync(withdrawals, new { amount = 1, currency = "EUR" }, "limit_per_day");
        await _wallets.PostAsync($"/api/wallets/{wallet}/holds/{hold}/releases", new { });
        await _wallets.PostAsync(withdrawals, new { amount = 500, currency = "EUR" });

        var yen = await _wallets.Api.OpenWalletAsync(currency: "JPY");
        await _wallets.PostAsync($"/api/wallets/{yen}/deposits", new { amount = 10_000, currency = "JPY" });
        await _wallets.PostAsync($"/api/wallets/{yen}/withdrawals", new { amount = 10_000, currency = "JPY" });
        Assert.Equal((8_500, 0, "active"), Facts(await _wallets.Api.WalletAsync(wallet)));
    }

    [Fact]
    public async Task Limits_stand_against_the_holds_of_payments_and_not_against_those_of_refunds()
    {
        var wallet = new WalletId(await _wallets.Api.OpenWalletWithAsync(10_000));
        WalletCommand.Hold Hold(HoldPurpose purpose)
        {
            var id = Guid.CreateVersion7();
            return new(wallet, new HoldId(id), new OperationId(id), new Money(1_001, Currency.Parse("EUR")), 3600, purpose);
        }

        await _wallets.CommandAsync(Hold(HoldPurpose.Payment), Hold(HoldPurpose.Refund));

        Assert.Equal(
            ["wallet.opened.v1", "wallet.deposited.v1", "wallet.hold-refused.v1", "wallet.funds-held.v1"],
            (await _wallets.Log.EventsAsync(new EventFilter { StreamType = "wallet" })).Select(e => e.Type));
    }

    [Theory]
    [InlineData("Rules:Limits:EURO:PerDayMinor=1")]
    [InlineData("Rules:Limits:EUR:PerDayMinor=0")]
    [InlineData("Rules:Limits:EUR:PerDayMinor=many")]
    [InlineData("Rules:Limits:EUR:PerWeekMinor=1")]
    public void A_limit_that_means_nothing_keeps_the_service_from_starting(string setting) => Assert.Throws<InvalidOperationException>(() =>
        WalletHost.Build(["--ConnectionStrings:wallets=Host=nowhere", "--ConnectionStrings:kafka=nowhere:1", $"--{setting}"]));

    private static (long Balance, long Held, string Status) Facts(WalletView view) => (view.Balance, view.Held, view.Status);
}
