using System.Text.Json;

namespace IntegrationTests.WholeSystem;

[Collection(WholeSystemTests.Name)]
public sealed class ContendedWalletTests(PlatformFixture fixture)
{
    private readonly Api _api = fixture.Api;

    [Fact]
    public async Task Of_six_payments_of_a_thousand_at_once_against_five_thousand_five_complete_and_one_fails()
    {
        var (alice, bob) = (await _api.OpenWalletWithAsync(5_000), await _api.OpenWalletAsync());

        var payments = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => _api.PayAsync(alice, bob, 1_000)));
        var ends = await Task.WhenAll(payments.Select(_api.EndOfAsync));

        Assert.Equal(
            [("completed", null, 5), ("failed", "insufficient_funds", 1)],
            ends.GroupBy(p => (p.Status, p.FailureCode)).Select(same => (same.Key.Status, same.Key.FailureCode, same.Count())).Order());
        Assert.Equal((0, 0), ((await _api.WalletAsync(alice)).Balance, (await _api.WalletAsync(alice)).Held));
        Assert.Equal(5_000, (await _api.WalletAsync(bob)).Balance);
    }

    [Fact]
    public async Task Withdrawals_and_payments_at_once_never_spend_the_same_money_twice()
    {
        var (alice, bob) = (await _api.OpenWalletWithAsync(5_000), await _api.OpenWalletAsync());

        var withdrawals = Task.WhenAll(Enumerable.Range(0, 10).Select(_ => MovedAsync(alice, "withdrawals", 700)));
        var payments = Task.WhenAll(Enumerable.Range(0, 10).Select(async _ => await _api.EndOfAsync(await _api.PayAsync(alice, bob, 700))));
        var spent = ((await withdrawals).Count(done => done) + (await payments).Count(p => p.Status == "completed")) * 700;

        Assert.Equal(4_900, spent);
        Assert.Equal((100, 0), ((await _api.WalletAsync(alice)).Balance, (await _api.WalletAsync(alice)).Held));
    }

    [Fact]
    public async Task Five_hundred_deposits_into_one_wallet_at_once_all_arrive()
    {
        var alice = await _api.OpenWalletAsync();

        var deposits = await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => MovedAsync(alice, "deposits", 1)));

        Assert.DoesNotContain(false, deposits);
        Assert.Equal(500, (await _api.WalletAsync(alice)).Balance);
    }

    [Fact]
    public async Task Payments_end_while_their_wallets_are_deposited_into_all_the_time()
    {
        var wallets = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => _api.OpenWalletWithAsync(1_000)));
        using var enough = new CancellationTokenSource();
        var deposits = Task.WhenAll(Enumerable.Range(0, 50).Select(async i =>
        {
            while (!enough.IsCancellationRequested)
            {
                Assert.True(await MovedAsync(wallets[i % wallets.Length], "deposits", 1));
            }
        }));

        var payments = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => _api.PayAsync(wallets[i % 10], wallets[(i + 1) % 10], 1)));
        var ends = await Task.WhenAll(payments.Select(_api.EndOfAsync));
        await enough.CancelAsync();
        await deposits;

        Assert.All(ends, payment => Assert.Equal("completed", payment.Status));
    }

    private async Task<bool> MovedAsync(Guid wallet, string movement, long amount)
    {
        var body = JsonSerializer.Serialize(new { amount, currency = "EUR" });
        using var answer = await _api.PostAsync($"/api/wallets/{wallet}/{movement}", body, Api.Fresh("key"));
        return answer.IsSuccessStatusCode;
    }
}
