namespace IntegrationTests.WholeSystem;

[Collection(WholeSystemTests.Name)]
public sealed class WalkThroughTests(PlatformFixture fixture)
{
    private readonly Api _api = fixture.Api;

    [Fact]
    public async Task A_payment_completes_and_moves_the_money()
    {
        var (alice, bob) = (await _api.OpenWalletWithAsync(10_000), await _api.OpenWalletAsync());

        var payment = await _api.PayAsync(alice, bob, 2_500);
        var ended = await _api.GetJsonAsync($"/api/payments/{payment}?wait=5s");

        Assert.Equal("completed", (string?)ended["status"]);
        Assert.Equal(7_500, (await _api.WalletAsync(alice)).Balance);
        Assert.Equal(2_500, (await _api.WalletAsync(bob)).Balance);
    }
}
