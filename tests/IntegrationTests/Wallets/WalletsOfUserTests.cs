using System.Net;
using System.Text.RegularExpressions;
using Payments.Contracts.Wallets;

namespace IntegrationTests.Wallets;

public sealed partial class WalletsOfUserTests(PostgresFixture postgres)
{
    [Fact]
    public async Task A_list_that_does_not_hold_them_all_says_where_it_goes_on()
    {
        await using var wallets = await WalletPlatform.StartAsync(postgres);
        var opened = new List<Guid>();
        for (var i = 0; i < 5; i++)
        {
            opened.Add(await wallets.Api.OpenWalletAsync("alice"));
        }

        await wallets.Api.OpenWalletAsync("bob");

        await AssertWholeAsync("/api/users/alice/wallets");
        await AssertWholeAsync("/api/users/alice/wallets?limit=5");
        var (first, next) = await PageAsync(wallets, "/api/users/alice/wallets?limit=2");
        var (second, last) = await PageAsync(wallets, next!);
        var (third, end) = await PageAsync(wallets, last!);
        Assert.Equal(opened, [.. first, .. second, .. third]);
        Assert.Null(end);

        async Task AssertWholeAsync(string address)
        {
            var (all, more) = await PageAsync(wallets, address);
            Assert.Equal(opened, all);
            Assert.Null(more);
        }
    }

    private static async Task<(List<Guid> Wallets, string? Next)> PageAsync(WalletPlatform wallets, string address)
    {
        using var response = await wallets.Api.Http.GetAsync(address, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var items = await wallets.Api.GetAsync<List<WalletView>>(address);
        var next = response.Headers.TryGetValues("Link", out var links) ? Next().Match(links.Single()).Groups[1].Value : null;
        return ([.. items.Select(wallet => wallet.WalletId)], next);
    }

    [GeneratedRegex("^<([^>]+)>; rel=\"next\"$")]
    private static partial Regex Next();
}
