using System.Net;
using IntegrationTests.Gateway;
using IntegrationTests.WholeSystem;

namespace IntegrationTests.Wallets;

/// <summary>Bad input to what is new names what is wrong, and nothing is written.</summary>
public sealed class BadInputTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const string Unknown = "01980000-0000-7000-8000-000000000000";

    private WalletPlatform _wallets = null!;
    private Guid _wallet;
    private Guid _hold;
    private string _before = "";

    public async ValueTask InitializeAsync()
    {
        _wallets = await WalletPlatform.StartAsync(postgres);
        _wallet = await _wallets.Api.OpenWalletWithAsync(10_000);
        _hold = await _wallets.HoldAsync(_wallet, 1_000);
        _before = await WrittenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Assert.Equal(_before, await WrittenAsync());
        await _wallets.DisposeAsync();
    }

    [Fact]
    public async Task Of_what_is_to_be_done()
    {
        foreach (var (target, json, field) in new[]
        {
            ("/api/wallets/{0}/holds", """{"currency":"EUR"}""", "amount"),
            ("/api/wallets/{0}/holds", """{"amount":0,"currency":"EUR"}""", "amount"),
            ("/api/wallets/{0}/holds", """{"amount":1.5,"currency":"EUR"}""", "amount"),
            ("/api/wallets/{0}/holds", """{"amount":1000000000000001,"currency":"EUR"}""", "amount"),
            ("/api/wallets/{0}/holds", """{"amount":1,"currency":"eur"}""", "currency"),
            ("/api/wallets/{0}/holds", """{"amount":1,"currency":"USD"}""", "currency"),
            ("/api/wallets/{0}/holds", """{"amount":1,"currency":"EUR","expiresInSeconds":0}""", "expiresInSeconds"),
            ("/api/wallets/{0}/holds", """{"amount":1,"currency":"EUR","expiresInSeconds":2678401}""", "expiresInSeconds"),
            ("/api/wallets/{0}/holds", """{"amount":1,"currency":"EUR","expiresInSeconds":"1h"}""", "expiresInSeconds"),
            ("/api/wallets/{0}/holds", """{"amount":1,"currency":"EUR","reference":"a\u0000b"}""", "reference"),
            ("/api/wallets/{0}/holds", """{"amount":1,"currency":"EUR","purpose":"refund"}""", "purpose"),
            ("/api/wallets/{0}/holds/{1}/captures", """{"amount":0}""", "amount"),
            ("/api/wallets/{0}/holds/{1}/captures", """{"amount":-5}""", "amount"),
            ("/api/wallets/{0}/holds/{1}/captures", """{"amount":"5"}""", "amount"),
            ("/api/wallets/{0}/holds/{1}/captures", """{"payee":"me"}""", "payee"),
            ("/api/wallets/{0}/holds/{1}/captures", "", "body"),
            ("/api/wallets/{0}/holds/{1}/releases", """{"amount":5}""", "amount"),
            ("/api/admin/wallets/{0}/freeze", "{}", "reason"),
            ("/api/admin/wallets/{0}/freeze", """{"reason":" "}""", "reason"),
            ("/api/admin/wallets/{0}/freeze", """{"reason":"a\u0000b"}""", "reason"),
            ("/api/admin/wallets/{0}/unfreeze", """{"reason":null}""", "reason"),
            ("/api/admin/wallets/{0}/overdraft", """{"reason":"agreed"}""", "limit"),
            ("/api/admin/wallets/{0}/overdraft", """{"limit":5}""", "reason"),
            ("/api/admin/wallets/{0}/overdraft", """{"limit":-1,"reason":"agreed"}""", "limit"),
            ("/api/admin/wallets/{0}/overdraft", """{"limit":1000000000000001,"reason":"agreed"}""", "limit"),
        })
        {
            var response = await _wallets.Api.PostAsync(string.Format(target, _wallet, _hold), json, Api.Fresh("bad"));
            await AssertAsync(response, HttpStatusCode.BadRequest, "invalid_request", field);
        }
    }

    [Theory]
    [InlineData("/api/wallets/{0}/holds?limit=0", "limit")]
    [InlineData("/api/wallets/{0}/holds?after=first", "after")]
    [InlineData("/api/wallets/{0}/statement?from=yesterday", "from")]
    [InlineData("/api/wallets/{0}/statement?until=soon", "until")]
    [InlineData("/api/wallets/{0}/statement?from=2026-02-01T00:00:00Z&until=2026-01-01T00:00:00Z", "from")]
    [InlineData("/api/wallets/{0}/statement?after=-1", "after")]
    [InlineData("/api/wallets/{0}/statement?limit=501", "limit")]
    [InlineData("/api/admin/wallets/holds?limit=501", "limit")]
    [InlineData("/api/admin/wallets/holds?after=first", "after")]
    public async Task Of_what_is_asked(string target, string field) =>
        await AssertAsync(await GetAsync(string.Format(target, _wallet)), HttpStatusCode.BadRequest, "invalid_request", field);

    [Theory]
    [InlineData(Unknown)]
    [InlineData("alice")]
    [InlineData("00000000-0000-0000-0000-000000000000")]
    public async Task Of_a_wallet_or_a_hold_that_is_not_there(string id)
    {
        await AssertAsync(await GetAsync($"/api/wallets/{id}/holds"), HttpStatusCode.NotFound, "wallet_not_found");
        await AssertAsync(await GetAsync($"/api/wallets/{id}/statement"), HttpStatusCode.NotFound, "wallet_not_found");
        foreach (var (target, json, code) in new[]
        {
            ($"/api/wallets/{id}/holds", """{"amount":1,"currency":"EUR"}""", "wallet_not_found"),
            ($"/api/wallets/{id}/holds/{_hold}/captures", "{}", "wallet_not_found"),
            ($"/api/wallets/{id}/holds/{_hold}/releases", "{}", "wallet_not_found"),
            ($"/api/wallets/{_wallet}/holds/{id}/captures", "{}", "hold_not_found"),
            ($"/api/wallets/{_wallet}/holds/{id}/releases", "{}", "hold_not_found"),
            ($"/api/admin/wallets/{id}/freeze", """{"reason":"Theft"}""", "wallet_not_found"),
            ($"/api/admin/wallets/{id}/unfreeze", """{"reason":"Found"}""", "wallet_not_found"),
            ($"/api/admin/wallets/{id}/overdraft", """{"limit":0,"reason":"agreed"}""", "wallet_not_found"),
        })
        {
            await AssertAsync(await _wallets.Api.PostAsync(target, json, Api.Fresh("bad")), HttpStatusCode.NotFound, code);
        }
    }

    [Fact]
    public async Task Of_a_header()
    {
        foreach (var (target, json) in new[]
        {
            ($"/api/wallets/{_wallet}/holds", """{"amount":1,"currency":"EUR"}"""),
            ($"/api/wallets/{_wallet}/holds/{_hold}/captures", "{}"),
            ($"/api/wallets/{_wallet}/holds/{_hold}/releases", "{}"),
            ($"/api/admin/wallets/{_wallet}/freeze", """{"reason":"Theft"}"""),
            ($"/api/admin/wallets/{_wallet}/unfreeze", """{"reason":"Found"}"""),
            ($"/api/admin/wallets/{_wallet}/overdraft", """{"limit":1,"reason":"agreed"}"""),
        })
        {
            await AssertAsync(
                await _wallets.Api.PostAsync(target, json, null),
                HttpStatusCode.BadRequest,
                "invalid_request",
                "Idempotency-Key");
        }

        using var named = new HttpRequestMessage(HttpMethod.Post, $"/api/admin/wallets/{_wallet}/freeze")
        {
            Content = new StringContent("""{"reason":"Theft"}""", null, "application/json"),
            Headers = { { "Idempotency-Key", Api.Fresh("bad") }, { "X-Operator", "two words" } },
        };
        await AssertAsync(
            await _wallets.Api.Http.SendAsync(named, TestContext.Current.CancellationToken),
            HttpStatusCode.BadRequest,
            "invalid_request",
            "X-Operator");
    }

    private static async Task AssertAsync(HttpResponseMessage response, HttpStatusCode status, string code, string? field = null)
    {
        using (response)
        {
            var problem = await ProblemAssert.IsAsync(response, status, code);
            if (field is not null)
            {
                Assert.Equal([field], problem["errors"]!.AsObject().Select(e => e.Key));
            }
        }
    }

    private Task<HttpResponseMessage> GetAsync(string target) => _wallets.Api.Http.GetAsync(target, TestContext.Current.CancellationToken);

    private Task<string> WrittenAsync() => _wallets.Log.ScalarAsync<string>(
        "select format('%s %s', (select position from log_head), (select count(*) from claims))");
}
