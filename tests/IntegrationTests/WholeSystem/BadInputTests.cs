using System.Net;
using System.Text;
using IntegrationTests.Gateway;
using Payments.Hosting;
using Payments.ServiceDefaults.Callers;

namespace IntegrationTests.WholeSystem;

/// <summary>Bad input gets a 4xx problem that names what is wrong, through the gateway, and nothing is written.</summary>
[Collection(WholeSystemTests.Name)]
public sealed class BadInputTests(PlatformFixture fixture) : IAsyncLifetime
{
    private const string Unknown = "01980000-0000-7000-8000-000000000000";
    private const int BodyMb = 10;

    private readonly Api _api = fixture.Api;
    private readonly Audit _audit = new(fixture.Platform.Databases);
    private IReadOnlyList<long> _before = [];
    private string _alice = "";
    private string _bob = "";
    private string _yen = "";

    public async ValueTask InitializeAsync()
    {
        _alice = $"{await _api.OpenWalletWithAsync(10_000)}";
        _bob = $"{await _api.OpenWalletAsync()}";
        _yen = $"{await _api.OpenWalletAsync(currency: "JPY")}";
        _before = await WrittenAsync();
    }

    /// <summary>Every test here ends with this: the logs are where they were, and no key was taken.</summary>
    public async ValueTask DisposeAsync()
    {
        Assert.Equal(_before, await WrittenAsync());
        await _audit.DisposeAsync();
    }

    [Theory]
    [InlineData("""{"amount":1,""", "malformed_json", "body")]
    [InlineData("""{"amount":01,"currency":"EUR"}""", "malformed_json", "body")]
    [InlineData("amount=1", "malformed_json", "body")]
    [InlineData("", "invalid_request", "body")]
    [InlineData("null", "invalid_request", "body")]
    [InlineData("[]", "invalid_request", "body")]
    [InlineData("""{"currency":"EUR"}""", "invalid_request", "amount")]
    [InlineData("""{"amount":0,"currency":"EUR"}""", "invalid_request", "amount")]
    [InlineData("""{"amount":-1,"currency":"EUR"}""", "invalid_request", "amount")]
    [InlineData("""{"amount":1.5,"currency":"EUR"}""", "invalid_request", "amount")]
    [InlineData("""{"amount":1e2,"currency":"EUR"}""", "invalid_request", "amount")]
    [InlineData("""{"amount":9223372036854775808,"currency":"EUR"}""", "invalid_request", "amount")]
    [InlineData("""{"amount":9223372036854775807,"currency":"EUR"}""", "invalid_request", "amount")]
    [InlineData("""{"amount":1000000000000001,"currency":"EUR"}""", "invalid_request", "amount")]
    [InlineData("""{"amount":"10","currency":"EUR"}""", "invalid_request", "amount")]
    [InlineData("""{"amount":null,"currency":"EUR"}""", "invalid_request", "amount")]
    [InlineData("""{"amount":true,"currency":"EUR"}""", "invalid_request", "amount")]
    [InlineData("""{"amount":{},"currency":"EUR"}""", "invalid_request", "amount")]
    [InlineData("""{"amount":1}""", "invalid_request", "currency")]
    [InlineData("""{"amount":1,"currency":"XXX"}""", "invalid_request", "currency")]
    [InlineData("""{"amount":1,"currency":"eur"}""", "invalid_request", "currency")]
    [InlineData("""{"amount":1,"currency":""}""", "invalid_request", "currency")]
    [InlineData("""{"amount":1,"currency":978}""", "invalid_request", "currency")]
    [InlineData("""{"amount":1,"currency":null}""", "invalid_request", "currency")]
    [InlineData("""{"amount":1,"currency":"EUR\u0000"}""", "invalid_request", "currency")]
    [InlineData("""{"amount":1,"currency":"EUR","reference":"a\u0000b"}""", "invalid_request", "reference")]
    [InlineData("""{"amount":1,"currency":"EUR","reference":"a\nb"}""", "invalid_request", "reference")]
    [InlineData("""{"amount":1,"currency":"EUR","reference":"\u0085"}""", "invalid_request", "reference")]
    [InlineData("""{"amount":1,"currency":"EUR","reference":"\ud800"}""", "invalid_request", "reference")]
    [InlineData("""{"amount":1,"currency":"EUR","reference":5}""", "invalid_request", "reference")]
    [InlineData("""{"amount":1,"currency":"EUR","tip":1}""", "invalid_request", "tip")]
    [InlineData("""{"amount":1,"amount":1,"currency":"EUR"}""", "invalid_request", "amount")]
    [InlineData("""{"amount":1,"Currency":"EUR"}""", "invalid_request", "Currency")]
    public async Task Of_money_that_is_to_move(string json, string code, string field)
    {
        foreach (var movement in new[] { "deposits", "withdrawals" })
        {
            await AssertRefusedAsync($"/api/wallets/{_alice}/{movement}", json, code, field);
        }

        if (json.StartsWith('{') && json.EndsWith('}'))
        {
            var parties = $$"""{"method":"wallet","payerWalletId":"{{_alice}}","payeeWalletId":"{{_bob}}",""";
            await AssertRefusedAsync("/api/payments", parties + json[1..], code, field);
        }
    }

    [Theory]
    [InlineData("""{"userId":"alice","currency":"ABC"}""", "currency")]
    [InlineData("""{"userId":"alice","currency":"eur"}""", "currency")]
    [InlineData("""{"userId":"alice"}""", "currency")]
    [InlineData("""{"currency":"EUR"}""", "userId")]
    [InlineData("""{"userId":"","currency":"EUR"}""", "userId")]
    [InlineData("""{"userId":null,"currency":"EUR"}""", "userId")]
    [InlineData("""{"userId":7,"currency":"EUR"}""", "userId")]
    [InlineData("""{"userId":"al ice","currency":"EUR"}""", "userId")]
    [InlineData("""{"userId":"al\u0000ice","currency":"EUR"}""", "userId")]
    [InlineData("""{"userId":"al/ice","currency":"EUR"}""", "userId")]
    [InlineData("""{"userId":".","currency":"EUR"}""", "userId")]
    [InlineData("""{"userId":"..","currency":"EUR"}""", "userId")]
    [InlineData("""{"userId":"älice","currency":"EUR"}""", "userId")]
    [InlineData("""{"userId":"0123456789012345678901234567890123456789012345678901234567890123x","currency":"EUR"}""", "userId")]
    [InlineData("""{"userId":"alice","currency":"EUR","balance":1000000}""", "balance")]
    public Task Of_a_wallet_to_open(string json, string field) => AssertRefusedAsync("/api/wallets", json, "invalid_request", field);

    [Fact]
    public async Task Of_the_parties_of_a_payment()
    {
        await AssertPartiesRefusedAsync(_alice, _alice, "EUR", "payeeWalletId");
        await AssertPartiesRefusedAsync(Unknown, _bob, "EUR", "payerWalletId");
        await AssertPartiesRefusedAsync(_alice, Unknown, "EUR", "payeeWalletId");
        await AssertPartiesRefusedAsync(_alice, "00000000-0000-0000-0000-000000000000", "EUR", "payeeWalletId");
        await AssertPartiesRefusedAsync("alice", _bob, "EUR", "payerWalletId");
        await AssertPartiesRefusedAsync(_alice, $"{{{_bob}}}", "EUR", "payeeWalletId");
        await AssertPartiesRefusedAsync(_alice, "", "EUR", "payeeWalletId");
        await AssertPartiesRefusedAsync(_alice, _yen, "EUR", "currency");
        await AssertPartiesRefusedAsync(_yen, _alice, "JPY", "currency");
        await AssertPartiesRefusedAsync(_alice, _bob, "USD", "currency");
        await AssertRefusedAsync(
            "/api/payments",
            $$"""{"method":"card","payerWalletId":"{{_alice}}","payeeWalletId":"{{_bob}}","amount":1,"currency":"EUR"}""",
            "invalid_request",
            "payerWalletId");
        await AssertRefusedAsync(
            "/api/transfers",
            $$"""{"fromWalletId":"{{_alice}}","toWalletId":"{{_alice}}","amount":1,"currency":"EUR"}""",
            "invalid_request",
            "toWalletId");
    }

    [Theory]
    [InlineData("deposits")]
    [InlineData("withdrawals")]
    public Task Of_a_currency_that_is_not_the_wallets(string movement) =>
        AssertRefusedAsync($"/api/wallets/{_alice}/{movement}", """{"amount":1,"currency":"USD"}""", "invalid_request", "currency");

    [Fact]
    public Task Of_a_reference_that_is_too_long() => AssertRefusedAsync(
        $"/api/wallets/{_alice}/deposits",
        $$"""{"amount":1,"currency":"EUR","reference":"{{new string('x', MoneyInput.ReferenceLengthMax + 1)}}"}""",
        "invalid_request",
        "reference");

    [Theory]
    [InlineData(Unknown)]
    [InlineData("alice")]
    [InlineData("00000000-0000-0000-0000-000000000000")]
    public async Task Of_a_wallet_or_payment_in_the_address_that_does_not_exist(string id)
    {
        foreach (var question in new[] { "", "?version=1", "?at=2026-01-01T00:00:00Z", "/entries" })
        {
            await AssertProblemAsync(await GetAsync($"/api/wallets/{id}{question}"), HttpStatusCode.NotFound, "wallet_not_found");
        }

        foreach (var movement in new[] { "deposits", "withdrawals" })
        {
            var response = await _api.PostAsync($"/api/wallets/{id}/{movement}", """{"amount":1,"currency":"EUR"}""", Api.Fresh("bad"));
            await AssertProblemAsync(response, HttpStatusCode.NotFound, "wallet_not_found");
        }

        foreach (var question in new[] { "", "?wait=1s", "/history" })
        {
            await AssertProblemAsync(await GetAsync($"/api/payments/{id}{question}"), HttpStatusCode.NotFound, "payment_not_found");
        }
    }

    [Theory]
    [InlineData("/api/payments/{0}?wait=5", "wait")]
    [InlineData("/api/payments/{0}?wait=31s", "wait")]
    [InlineData("/api/payments/{0}?wait=-1s", "wait")]
    [InlineData("/api/payments/{0}?wait=999999999999s", "wait")]
    [InlineData("/api/payments/{0}?wait=", "wait")]
    [InlineData("/api/payments?limit=0", "limit")]
    [InlineData("/api/payments?limit=201", "limit")]
    [InlineData("/api/payments?limit=ten", "limit")]
    [InlineData("/api/payments?after=yesterday", "after")]
    [InlineData("/api/payments?walletId=alice", "walletId")]
    [InlineData("/api/payments?status=done", "status")]
    [InlineData("/api/payments?status=%00", "status")]
    [InlineData("/api/wallets/{0}?version=0", "version")]
    [InlineData("/api/wallets/{0}?version=one", "version")]
    [InlineData("/api/wallets/{0}?at=noon", "at")]
    [InlineData("/api/wallets/{0}?at=2026-01-01", "at")]
    [InlineData("/api/wallets/{0}?at=00:00", "at")]
    [InlineData("/api/wallets/{0}?at=2026-01-01T00:00:00", "at")]
    [InlineData("/api/wallets/{0}/statement?from=2/1", "from")]
    [InlineData("/api/wallets/{0}/statement?until=2026-01-01T00:00:00Z%00", "until")]
    [InlineData("/api/users/alice/wallets?limit=1001", "limit")]
    [InlineData("/api/users/alice/wallets?after=1", "after")]
    [InlineData("/api/admin/wallets/audit?from=2/1", "from")]
    [InlineData("/api/wallets/{0}?at=2026-01-01T00:00:00Z&version=1", "version")]
    [InlineData("/api/wallets/{0}/entries?after=-1", "after")]
    [InlineData("/api/wallets/{0}/entries?limit=501", "limit")]
    [InlineData("/api/users/al%20ice/wallets", "userId")]
    [InlineData("/api/users/älice/wallets", "userId")]
    [InlineData("/api/admin/wallets?after=alice", "after")]
    [InlineData("/api/admin/wallets?limit=0", "limit")]
    [InlineData("/api/admin/wallets?userId=%00", "userId")]
    [InlineData("/api/admin/sagas?after=alice", "after")]
    [InlineData("/api/admin/sagas?overdue=maybe", "overdue")]
    [InlineData("/api/admin/sagas?phase=%00", "phase")]
    [InlineData("/api/admin/sagas?limit=501", "limit")]
    public async Task Of_a_question(string target, string field) => await AssertProblemAsync(
        await GetAsync(string.Format(target, _alice)), HttpStatusCode.BadRequest, "invalid_request", field);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Of_ten_megabytes(bool withLength)
    {
        var json = $$"""{"amount":1,"currency":"EUR","reference":"{{new string('x', BodyMb * 1024 * 1024)}}"}""";
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/wallets/{_alice}/deposits")
        {
            Content = new StringContent(json, Encoding.ASCII, "application/json"),
        };
        request.Headers.TransferEncodingChunked = !withLength;
        request.Headers.Add(PlatformHeaders.IdempotencyKey, Api.Fresh("bad"));

        var response = await _api.Http.SendAsync(request, TestContext.Current.CancellationToken);
        await AssertProblemAsync(response, HttpStatusCode.RequestEntityTooLarge, "request_too_large");
    }

    /// <summary>Left out it means all that is left; null is an amount that got lost.</summary>
    [Theory]
    [InlineData("""{"amount":null}""", "amount")]
    [InlineData("""{"amount":null,"currency":"EUR"}""", "amount")]
    [InlineData("""{"currency":null}""", "currency")]
    public Task Of_a_refund(string json, string field) =>
        AssertRefusedAsync($"/api/payments/{Unknown}/refunds", json, "invalid_request", field);

    [Fact]
    public Task Of_a_capture() =>
        AssertRefusedAsync($"/api/wallets/{_alice}/holds/{Unknown}/captures", """{"amount":null}""", "invalid_request", "amount");

    [Fact]
    public async Task Of_an_idempotency_key()
    {
        var parties = $"\"payerWalletId\":\"{_alice}\",\"payeeWalletId\":\"{_bob}\"";
        foreach (var (target, json) in new[]
        {
            ("/api/wallets", """{"userId":"alice","currency":"EUR"}"""),
            ($"/api/wallets/{_alice}/deposits", """{"amount":1,"currency":"EUR"}"""),
            ($"/api/wallets/{_alice}/withdrawals", """{"amount":1,"currency":"EUR"}"""),
            ("/api/payments", $$"""{"method":"wallet",{{parties}},"amount":1,"currency":"EUR"}"""),
            ("/api/transfers", $$"""{"fromWalletId":"{{_alice}}","toWalletId":"{{_bob}}","amount":1,"currency":"EUR"}"""),
            ($"/api/payments/{Unknown}/refunds", "{}"),
        })
        {
            foreach (var key in new[] { null, "", "bad key", new string('k', IdempotencyKey.LengthMax + 1) })
            {
                var response = await _api.PostAsync(target, json, key);
                await AssertProblemAsync(response, HttpStatusCode.BadRequest, "invalid_request", PlatformHeaders.IdempotencyKey);
            }
        }
    }

    [Theory]
    [InlineData(null, "missing_api_key")]
    [InlineData("guessed", "invalid_api_key")]
    [InlineData("DEV-KEY", "invalid_api_key")]
    public async Task Of_an_api_key(string? key, string code)
    {
        using var stranger = new HttpClient { BaseAddress = fixture.Platform.Gateway };
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/wallets/{_alice}/deposits")
        {
            Content = new StringContent("""{"amount":1,"currency":"EUR"}""", Encoding.UTF8, "application/json"),
            Headers = { { PlatformHeaders.IdempotencyKey, Api.Fresh("bad") } },
        };
        if (key is not null)
        {
            request.Headers.Add(PlatformHeaders.ApiKey, key);
        }

        var response = await stranger.SendAsync(request, TestContext.Current.CancellationToken);
        await AssertProblemAsync(response, HttpStatusCode.Unauthorized, code);
    }

    private static async Task AssertProblemAsync(HttpResponseMessage response, HttpStatusCode status, string code, string? field = null)
    {
        using (response)
        {
            var problem = await ProblemAssert.IsAsync(response, status, code);
            if (field is not null)
            {
                Assert.Contains(field, problem["errors"]!.AsObject().Select(e => e.Key));
            }
        }
    }

    private async Task<IReadOnlyList<long>> WrittenAsync() =>
    [
        .. await _audit.PositionsAsync(),
        await _audit.Payments.ScalarAsync<long>("select count(*) from claims"),
        await _audit.Wallets.ScalarAsync<long>("select count(*) from claims"),
    ];

    private Task<HttpResponseMessage> GetAsync(string target) => _api.Http.GetAsync(target, TestContext.Current.CancellationToken);

    private async Task AssertRefusedAsync(string target, string json, string code, string field) =>
        await AssertProblemAsync(await _api.PostAsync(target, json, Api.Fresh("bad")), HttpStatusCode.BadRequest, code, field);

    private Task AssertPartiesRefusedAsync(string payer, string payee, string currency, string field) => AssertRefusedAsync(
        "/api/payments",
        $$"""{"method":"wallet","payerWalletId":"{{payer}}","payeeWalletId":"{{payee}}","amount":1,"currency":"{{currency}}"}""",
        "invalid_request",
        field);
}
