using System.Net;
using IntegrationTests.Gateway;

namespace IntegrationTests.Wallets;

/// <summary>Whose many wallets are, in one question.</summary>
public sealed class OwnersTests(PostgresFixture postgres)
{
    private const string Unknown = "01980000-0000-7000-8000-000000000000";

    [Fact]
    public async Task Those_that_there_are_are_told_the_others_are_left_out_and_what_is_no_list_of_wallets_is_refused()
    {
        await using var wallets = await WalletPlatform.StartAsync(postgres);
        var ids = new List<Guid>();
        foreach (var user in new[] { "alice", "bob" })
        {
            ids.Add((Guid)(await wallets.PostAsync("/api/wallets", new { userId = user, currency = "EUR" }))["walletId"]!);
        }

        var owners = (await wallets.Api.GetJsonAsync($"/api/admin/wallets/owners?wallets={ids[0]},{Unknown},{ids[1]}")).AsArray();
        Assert.Equal(
            [(ids[0], "alice"), (ids[1], "bob")], owners.Select(o => ((Guid)o!["walletId"]!, (string?)o["userId"])).OrderBy(o => o.Item2));

        foreach (var bad in new[]
        {
            "", "?wallets=", "?wallets=x", $"?wallets={ids[0]},", $"?wallets={string.Join(',', Enumerable.Repeat(Unknown, 101))}"
        })
        {
            using var response = await wallets.Api.Http.GetAsync("/api/admin/wallets/owners" + bad, TestContext.Current.CancellationToken);
            var problem = await ProblemAssert.IsAsync(response, HttpStatusCode.BadRequest, "invalid_request");
            Assert.NotNull(problem["errors"]?["wallets"]);
        }
    }
}
