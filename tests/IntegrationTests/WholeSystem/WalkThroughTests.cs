using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using IntegrationTests.Gateway;

namespace IntegrationTests.WholeSystem;

/// <summary>What the README and the API's description promise, call by call.</summary>
[Collection(WholeSystemTests.Name)]
public sealed class WalkThroughTests(PlatformFixture fixture)
{
    private readonly Api _api = fixture.Api;

    [Fact]
    public async Task A_wallet_opens_empty_and_a_deposit_fills_it()
    {
        var user = Api.Fresh("alice");
        using var opening = await _api.PostAsync("/api/wallets", $$"""{"userId":"{{user}}","currency":"EUR"}""", Api.Fresh("key"));
        var id = await AssertAnswerAsync(opening, HttpStatusCode.Created, "walletId", Wallet("*", user, balance: 0, version: 1));
        Assert.Equal($"/api/wallets/{id}", opening.Headers.Location?.OriginalString);

        using var deposit = await _api.PostAsync(
            $"/api/wallets/{id}/deposits", """{"amount":10000,"currency":"EUR","reference":"Salary"}""", Api.Fresh("key"));
        await AssertAnswerAsync(deposit, HttpStatusCode.Created, "walletId", Wallet("*", user, balance: 10_000, version: 2));

        Assert.Equal(Wallet(id, user, balance: 10_000, version: 2), (await _api.GetJsonAsync($"/api/wallets/{id}")).ToJsonString());
    }

    [Fact]
    public async Task A_payment_is_accepted_completes_and_moves_the_money()
    {
        var (alice, bob) = (await _api.OpenWalletWithAsync(10_000), await _api.OpenWalletAsync());

        using var request = await _api.PostAsync(
            "/api/payments",
            $$"""
            {"method":"wallet","payerWalletId":"{{alice}}","payeeWalletId":"{{bob}}","amount":2500,"currency":"EUR","reference":"Rent 🏠"}
            """,
            Api.Fresh("key"));
        var payment = await AssertAnswerAsync(request, HttpStatusCode.Accepted, "paymentId", """{"paymentId":"*","status":"pending"}""");
        Assert.Equal($"/api/payments/{payment}", request.Headers.Location?.OriginalString);

        var ended = await _api.GetJsonAsync($"/api/payments/{payment}?wait=5s");
        Assert.True((DateTimeOffset)ended["requestedAt"]! <= (DateTimeOffset)ended["endedAt"]!);
        ended.AsObject().Remove("requestedAt");
        ended.AsObject().Remove("endedAt");
        AssertJson(
            $$"""
            {"paymentId":"{{payment}}","status":"completed","method":"wallet","payerWalletId":"{{alice}}","payeeWalletId":"{{bob}}",
             "amount":2500,"currency":"EUR","fee":0,"refundedAmount":0,"reference":"Rent 🏠"}
            """,
            ended);
        Assert.Equal((7_500, 0, 7_500), await MoneyAsync(alice));
        Assert.Equal((2_500, 0, 2_500), await MoneyAsync(bob));
    }

    [Fact]
    public async Task A_payment_beyond_the_balance_fails_for_insufficient_funds_and_moves_nothing()
    {
        var (alice, bob) = (await _api.OpenWalletWithAsync(7_500), await _api.OpenWalletWithAsync(2_500));

        var ended = await _api.GetJsonAsync($"/api/payments/{await _api.PayAsync(alice, bob, 99_999)}?wait=5s");

        Assert.Equal(("failed", "insufficient_funds"), ((string?)ended["status"], (string?)ended["failureCode"]));
        Assert.Equal((7_500, 0, 7_500), await MoneyAsync(alice));
        Assert.Equal((2_500, 0, 2_500), await MoneyAsync(bob));
    }

    [Fact]
    public async Task A_withdrawal_beyond_the_balance_is_refused()
    {
        var alice = await _api.OpenWalletWithAsync(100);

        var withdrawals = $"/api/wallets/{alice}/withdrawals";
        using var refusal = await _api.PostAsync(withdrawals, """{"amount":101,"currency":"EUR"}""", Api.Fresh("key"));
        await ProblemAssert.IsAsync(refusal, HttpStatusCode.UnprocessableEntity, "insufficient_funds");
        using var all = await _api.PostAsync(withdrawals, """{"amount":100,"currency":"EUR"}""", Api.Fresh("key"));

        Assert.Equal(HttpStatusCode.Created, all.StatusCode);
        Assert.Equal((0, 0, 0), await MoneyAsync(alice));
    }

    [Fact]
    public async Task A_user_has_all_wallets_of_the_same_name_in_the_order_of_opening()
    {
        var user = Api.Fresh("carol");
        var (euro, yen) = (await _api.OpenWalletAsync(user), await _api.OpenWalletAsync(user, "JPY"));

        var wallets = await _api.GetJsonAsync($"/api/users/{user}/wallets");

        AssertJson($"[{Wallet(euro.ToString(), user, 0, 1)},{Wallet(yen.ToString(), user, 0, 1, "JPY")}]", wallets);
        AssertJson("[]", await _api.GetJsonAsync($"/api/users/{Api.Fresh("nobody")}/wallets"));
    }

    private static string Wallet(string id, string user, long balance, long version, string currency = "EUR") =>
        JsonSerializer.Serialize(
            new
            {
                walletId = id,
                userId = user,
                currency,
                balance,
                held = 0,
                available = balance,
                overdraft = 0,
                status = "active",
                version
            });

    private async Task<(long Balance, long Held, long Available)> MoneyAsync(Guid wallet)
    {
        var view = await _api.WalletAsync(wallet);
        return (view.Balance, view.Held, view.Available);
    }

    // The id is whatever it is; everything else must be as written.
    private static async Task<string> AssertAnswerAsync(HttpResponseMessage response, HttpStatusCode status, string idField, string json)
    {
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == status, text);
        var body = JsonNode.Parse(text)!;
        var id = (string)body[idField]!;
        Assert.Equal(7, Guid.ParseExact(id, "D").Version);
        body[idField] = "*";
        AssertJson(json, body);
        return id;
    }

    private static void AssertJson(string expected, JsonNode actual) =>
        Assert.Equal(JsonNode.Parse(expected)!.ToJsonString(), actual.ToJsonString());
}
