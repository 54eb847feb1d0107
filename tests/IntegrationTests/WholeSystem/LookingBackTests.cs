using System.Net;
using IntegrationTests.Gateway;
using Payments.Contracts.Payments;
using Payments.Contracts.Wallets;

namespace IntegrationTests.WholeSystem;

/// <summary>What can be asked of the past: entries, balances at a version or a moment, a payment's history, the list of payments.</summary>
[Collection(WholeSystemTests.Name)]
public sealed class LookingBackTests(PlatformFixture fixture)
{
    private readonly Api _api = fixture.Api;

    [Fact]
    public async Task Entries_tell_every_movement_oldest_first_with_the_balance_after_it_page_by_page()
    {
        var (alice, bob) = (await _api.OpenWalletWithAsync(10_000), await _api.OpenWalletWithAsync(1));
        var sent = await PaidAsync(alice, bob, 2_500);
        var received = await PaidAsync(bob, alice, 500);
        await PaidAsync(alice, bob, 99_999);

        var first = await _api.GetAsync<EntryPage>($"/api/wallets/{alice}/entries?limit=2");
        var rest = await _api.GetAsync<EntryPage>($"/api/wallets/{alice}/entries?after={first.Next}&limit=2");

        Assert.Equal(
            [("deposit", 10_000, 10_000, null, null), ("payment_out", -2_500, 7_500, sent, bob), ("payment_in", 500, 8_000, received, bob)],
            first.Items.Concat(rest.Items).Select(e => (e.Kind, e.Amount, e.Balance, e.PaymentId, e.CounterpartyWalletId)));
        Assert.Equal(2, first.Items.Count);
        Assert.Null(rest.Next);
    }

    [Fact]
    public async Task A_wallet_is_shown_as_it_was_at_any_version_and_at_any_moment()
    {
        var (alice, bob) = (await _api.OpenWalletWithAsync(10_000), await _api.OpenWalletAsync());
        await PaidAsync(alice, bob, 2_500);

        Assert.Equal(
            [(0, 0), (10_000, 0), (10_000, 2_500), (7_500, 0)],
            await Task.WhenAll(Enumerable.Range(1, 4).Select(version => AsOfAsync(alice, $"version={version}"))));
        Assert.Equal(await _api.WalletAsync(alice), await _api.GetAsync<WalletView>($"/api/wallets/{alice}?version=99"));

        var recorded = await RecordedAsync(alice);
        Assert.Equal((10_000, 0), await AsOfAsync(alice, $"at={Iso(recorded[1])}"));
        Assert.Equal((7_500, 0), await AsOfAsync(alice, $"at={Iso(recorded[3])}"));
        Assert.Equal((0, 0), await AsOfAsync(alice, $"at={Iso(recorded[1].AddMicroseconds(-1))}"));
        using var before = await _api.Http.GetAsync($"/api/wallets/{alice}?at=2020-01-31T00:00:00Z", TestContext.Current.CancellationToken);
        await ProblemAssert.IsAsync(before, HttpStatusCode.NotFound, "wallet_not_found");
    }

    [Fact]
    public async Task A_history_has_the_events_of_all_services_each_after_its_cause()
    {
        var (alice, bob) = (await _api.OpenWalletWithAsync(10_000), await _api.OpenWalletAsync());
        var payment = await PaidAsync(alice, bob, 2_500);

        var events = (await _api.GetAsync<PaymentHistory>($"/api/payments/{payment}/history")).Events;

        Assert.Equal(
            [
                "payments payment.requested.v1",
                "sagas saga.started.v1",
                "sagas saga.moved.v1", "sagas command.wallet.hold-funds.v1", "wallets wallet.funds-held.v1",
                "sagas saga.moved.v1", "sagas command.wallet.credit-funds.v1", "wallets wallet.funds-credited.v1",
                "sagas saga.moved.v1", "sagas command.wallet.capture-hold.v1", "wallets wallet.hold-captured.v1",
                "sagas saga.moved.v1", "sagas command.payment.complete.v1", "payments payment.completed.v1",
            ],
            events.Select(e => $"{e.Service} {e.Type}"));
        Assert.All(events, e => Assert.Equal(payment, e.CorrelationId));
        Assert.Equal(("dev", null), (events[0].Actor, events[0].CausationId));
        for (var i = 1; i < events.Count; i++)
        {
            Assert.Contains(events[i].CausationId, events.Take(i).Select(before => (Guid?)before.EventId));
        }
    }

    [Fact]
    public async Task Payments_are_listed_newest_first_by_status_and_wallet_page_by_page()
    {
        var (alice, bob) = (await _api.OpenWalletWithAsync(300), await _api.OpenWalletWithAsync(50));
        var first = await PaidAsync(alice, bob, 100);
        var failed = await PaidAsync(alice, bob, 999);
        var back = await PaidAsync(bob, alice, 150);
        var last = await PaidAsync(alice, bob, 10);

        Assert.Equal([last, back, failed, first], await ListedAsync($"walletId={alice}"));
        Assert.Equal([last, back, failed, first], await ListedAsync($"walletId={bob}"));
        Assert.Equal([last, back, first], await ListedAsync($"walletId={alice}&status=completed"));
        Assert.Equal([failed], await ListedAsync($"walletId={bob}&status=failed"));
        Assert.Equal([last, back, failed, first], (await ListedAsync("limit=200")).Take(4));

        var page = await _api.GetAsync<PaymentPage>($"/api/payments?walletId={alice}&limit=3");
        var rest = await _api.GetAsync<PaymentPage>($"/api/payments?walletId={alice}&limit=3&after={page.Next}");
        Assert.Equal([last, back, failed], Ids(page));
        Assert.Equal([first], Ids(rest));
        Assert.Null(rest.Next);
    }

    [Fact]
    public async Task A_wait_that_is_over_before_the_payment_answers_with_the_payment_as_it_is()
    {
        var payment = await PaidAsync(await _api.OpenWalletWithAsync(1), await _api.OpenWalletAsync(), 1);

        Assert.Equal("completed", (string?)(await _api.GetJsonAsync($"/api/payments/{payment}"))["status"]);
        Assert.Equal("completed", (string?)(await _api.GetJsonAsync($"/api/payments/{payment}?wait=0s"))["status"]);
        Assert.Equal("completed", (string?)(await _api.GetJsonAsync($"/api/payments/{payment}?wait=30s"))["status"]);
    }

    private static string Iso(DateTimeOffset moment) => moment.UtcDateTime.ToString("O");

    private static Guid[] Ids(PaymentPage page) => [.. page.Items.Select(p => p.PaymentId)];

    private async Task<Guid> PaidAsync(Guid payer, Guid payee, long amount) =>
        (await _api.EndOfAsync(await _api.PayAsync(payer, payee, amount))).PaymentId;

    private async Task<Guid[]> ListedAsync(string query) => Ids(await _api.GetAsync<PaymentPage>($"/api/payments?{query}"));

    private async Task<(long Balance, long Held)> AsOfAsync(Guid wallet, string when)
    {
        var view = await _api.GetAsync<WalletView>($"/api/wallets/{wallet}?{when}");
        return (view.Balance, view.Held);
    }

    private async Task<IReadOnlyList<DateTimeOffset>> RecordedAsync(Guid wallet)
    {
        await using var audit = new Audit(fixture.Platform.Databases);
        return await audit.Wallets.RowsAsync(
            $"select recorded_at from events where stream_id = 'wallet/{wallet}' order by stream_version",
            row => row.GetFieldValue<DateTimeOffset>(0));
    }
}
