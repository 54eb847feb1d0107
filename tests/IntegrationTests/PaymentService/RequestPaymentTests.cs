using System.Net;
using System.Text.Json.Nodes;
using IntegrationTests.Gateway;
using IntegrationTests.WholeSystem;
using Payments.Contracts.Payments;
using Payments.EventStore.Contract;
using Payments.Hosting;
using Payments.Messaging.Topics;
using Payments.PaymentService;

namespace IntegrationTests.PaymentService;

/// <summary>Asking for payments of every method: what is refused and why, what it costs, and what is shown of it.</summary>
public sealed class RequestPaymentTests(PaymentServiceFixture fixture) : IClassFixture<PaymentServiceFixture>
{
    private readonly Api _api = fixture.Api;
    private readonly Guid _alice = fixture.Wallet();
    private readonly Guid _bob = fixture.Wallet();
    private readonly Guid _yen = fixture.Wallet("JPY");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""{"method":"wallet","payeeWalletId":"BOB"}""", "payerWalletId")]
    [InlineData("""{"method":"wallet","payerWalletId":null,"payeeWalletId":"BOB"}""", "payerWalletId")]
    [InlineData("""{"method":"wallet","payerWalletId":"ALICE","payeeWalletId":"ALICE"}""", "payeeWalletId")]
    [InlineData("""{"method":"wallet","payerWalletId":"ALICE","payeeWalletId":"BOB","card":{"token":"tok_ok"}}""", "card")]
    [InlineData("""{"method":"wallet","payerWalletId":"YEN","payeeWalletId":"BOB"}""", "currency")]
    [InlineData("""{"method":"card","payeeWalletId":"BOB"}""", "card")]
    [InlineData("""{"method":"card","card":null,"payeeWalletId":"BOB"}""", "card")]
    [InlineData("""{"method":"card","card":{},"payeeWalletId":"BOB"}""", "card.token")]
    [InlineData("""{"method":"card","card":{"token":""},"payeeWalletId":"BOB"}""", "card.token")]
    [InlineData("""{"method":"card","card":{"token":null},"payeeWalletId":"BOB"}""", "card.token")]
    [InlineData("""{"method":"card","card":{"token":"tok ok"},"payeeWalletId":"BOB"}""", "card.token")]
    [InlineData("""{"method":"card","card":{"token":"tok_ok","number":"4242424242424242"},"payeeWalletId":"BOB"}""", "card.number")]
    [InlineData("""{"method":"card","card":"tok_ok","payeeWalletId":"BOB"}""", "card")]
    [InlineData("""{"method":"card","card":{"token":"tok_ok"},"payerWalletId":"ALICE","payeeWalletId":"BOB"}""", "payerWalletId")]
    [InlineData("""{"method":"card","card":{"token":"tok_ok"}}""", "payeeWalletId")]
    [InlineData("""{"method":"card","card":{"token":"tok_ok"},"payeeWalletId":"YEN"}""", "currency")]
    [InlineData("""{"method":"card","card":{"token":"tok_ok"},"payeeWalletId":"01980000-0000-7000-8000-000000000000"}""", "payeeWalletId")]
    [InlineData("""{"method":"transfer","payerWalletId":"ALICE","payeeWalletId":"BOB"}""", "method")]
    [InlineData("""{"method":"Card","card":{"token":"tok_ok"},"payeeWalletId":"BOB"}""", "method")]
    [InlineData("""{"payerWalletId":"ALICE","payeeWalletId":"BOB"}""", "method")]
    [InlineData("""{"method":"wallet","fee":0,"payerWalletId":"ALICE","payeeWalletId":"BOB"}""", "fee")]
    public Task Bad_payments_are_refused_by_field_and_leave_nothing(string json, string field) =>
        AssertBadAsync("/api/payments", json, field);

    [Theory]
    [InlineData("""{"toWalletId":"BOB"}""", "fromWalletId")]
    [InlineData("""{"fromWalletId":"ALICE"}""", "toWalletId")]
    [InlineData("""{"fromWalletId":"ALICE","toWalletId":"ALICE"}""", "toWalletId")]
    [InlineData("""{"fromWalletId":"alice","toWalletId":"BOB"}""", "fromWalletId")]
    [InlineData("""{"fromWalletId":"01980000-0000-7000-8000-000000000000","toWalletId":"BOB"}""", "fromWalletId")]
    [InlineData("""{"fromWalletId":"ALICE","toWalletId":"YEN"}""", "currency")]
    [InlineData("""{"fromWalletId":"ALICE","toWalletId":"BOB","method":"transfer"}""", "method")]
    [InlineData("""{"fromWalletId":"ALICE","toWalletId":"BOB","reference":"a\nb"}""", "reference")]
    public Task Bad_transfers_are_refused_by_field_and_leave_nothing(string json, string field) =>
        AssertBadAsync("/api/transfers", json, field);

    [Fact]
    public async Task A_payment_by_card_shows_its_method_and_fee_and_neither_a_payer_nor_the_card()
    {
        var payment = await AcceptedAsync("/api/payments", """{"method":"card","card":{"token":"tok_ok"},"payeeWalletId":"BOB"}""");

        var view = await _api.GetJsonAsync($"/api/payments/{payment}");

        view.AsObject().Remove("requestedAt");
        var expected = JsonNode.Parse(
            $$"""
            {"paymentId":"{{payment}}","status":"pending","method":"card","payeeWalletId":"{{_bob}}",
             "amount":1000,"currency":"EUR","fee":30,"refundedAmount":0}
            """)!;
        Assert.Equal(expected.ToJsonString(), view.ToJsonString());
        Assert.Equal([payment], (await _api.GetAsync<PaymentPage>($"/api/payments?walletId={_bob}")).Items.Select(p => p.PaymentId));
    }

    [Fact]
    public async Task The_fee_is_that_of_the_method_and_a_transfer_has_none()
    {
        var wallet = await AcceptedAsync("/api/payments", """{"method":"wallet","payerWalletId":"ALICE","payeeWalletId":"BOB"}""");
        var card = await AcceptedAsync("/api/payments", """{"method":"card","card":{"token":"tok_ok"},"payeeWalletId":"BOB"}""");
        var transfer = await AcceptedAsync("/api/transfers", """{"fromWalletId":"ALICE","toWalletId":"BOB"}""");

        Assert.Equal(
            [("wallet", 20, _alice), ("card", 30, null), ("transfer", 0, (Guid?)_alice)],
            await Task.WhenAll(new[] { wallet, card, transfer }.Select(async id =>
            {
                var view = await _api.GetAsync<PaymentView>($"/api/payments/{id}");
                return (view.Method, view.Fee, view.PayerWalletId);
            })));
    }

    [Fact]
    public async Task A_payment_that_its_fee_would_eat_up_is_refused_under_its_key()
    {
        var key = Api.Fresh("key");
        var json = Filled("""{"method":"card","card":{"token":"tok_ok"},"payeeWalletId":"BOB"}""", amount: 30);

        for (var call = 1; call <= 2; call++)
        {
            using var answer = await _api.PostAsync("/api/payments", json, key);
            await ProblemAssert.IsAsync(answer, HttpStatusCode.UnprocessableEntity, "amount_below_fee");
        }

        using var other = await _api.PostAsync("/api/payments", json.Replace(":30,", ":31,", StringComparison.Ordinal), key);
        await ProblemAssert.IsAsync(other, HttpStatusCode.UnprocessableEntity, "idempotency_key_reused");
        Assert.Empty((await _api.GetAsync<PaymentPage>($"/api/payments?walletId={_bob}")).Items);
    }

    [Fact]
    public async Task Wallet_flows_go_in_order_by_the_payer_and_card_flows_by_the_payment()
    {
        var wallet = await AcceptedAsync("/api/payments", """{"method":"wallet","payerWalletId":"ALICE","payeeWalletId":"BOB"}""");
        var card = await AcceptedAsync("/api/payments", """{"method":"card","card":{"token":"tok_ok"},"payeeWalletId":"BOB"}""");
        var transfer = await AcceptedAsync("/api/transfers", """{"fromWalletId":"ALICE","toWalletId":"BOB"}""");

        var keys = new List<string?>();
        foreach (var payment in new[] { wallet, card, transfer })
        {
            var events = await fixture.Store.ReadAllAsync(0, 10, new EventFilter { CorrelationId = payment }, Cancel);
            keys.Add(Assert.Single(events).Metadata.RoutingKey);
        }

        Assert.Equal([$"user/user-of-{_alice:N}", $"payment/{card}", $"user/user-of-{_alice:N}"], keys);
        Assert.Equal(
            [0, 1, 0], keys.Select(key => PaymentEventsPartitioner.PartitionOf(PlatformTopics.PaymentEvents, key!) % 2));
    }

    [Fact]
    public void Of_a_card_a_history_keeps_the_token_to_itself()
    {
        var data = JsonNode.Parse("""{"terms":{"source":{"method":"card","token":"tok_ok"},"fee":{"minor":1}},"list":[{"token":"x"}]}""")!;
        var plain = JsonNode.Parse("""{"amount":{"minor":1},"tokens":["tok_ok"]}""")!;

        Assert.Equal(
            """{"terms":{"source":{"method":"card","token":"…"},"fee":{"minor":1}},"list":[{"token":"…"}]}""",
            Hidden(data));
        Assert.Equal(plain.ToJsonString(), Hidden(plain));
    }

    [Theory]
    [InlineData("Fees:wallet:FixedMinor=-1")]
    [InlineData("Fees:card:BasisPoints=10001")]
    [InlineData("Fees:card:BasisPoints=much")]
    [InlineData("Fees:transfer:FixedMinor=1")]
    [InlineData("Fees:wallet:Percent=1")]
    public void A_service_with_fees_that_mean_nothing_does_not_start(string setting)
    {
        var settings = PaymentServiceFixture.Settings("Host=nowhere", "nowhere:1", new Uri("http://nowhere"), setting);

        Assert.Throws<InvalidOperationException>(() => PaymentHost.Build([.. settings.Select(s => $"--{s}")]));
    }

    [Fact]
    public async Task The_description_tells_the_body_of_every_request()
    {
        var document = await _api.GetJsonAsync("/openapi/v1.json");

        Assert.Equal(
            [
                "/api/payments/{paymentId}/refunds: amount currency reason",
                "/api/payments: amount card currency method payeeWalletId payerWalletId reference",
                "/api/transfers: amount currency fromWalletId reference toWalletId",
            ],
            document["paths"]!.AsObject().Where(p => p.Value!["post"] is not null)
                .Select(p => $"{p.Key}: {BodyOf(document, p.Value!["post"]!)}")
                .Order(StringComparer.Ordinal));
    }

    private static string BodyOf(JsonNode document, JsonNode post)
    {
        var schema = post["requestBody"]!["content"]!["application/json"]!["schema"]!;
        var name = ((string)schema["$ref"]!).Split('/')[^1];
        return string.Join(
            ' ', document["components"]!["schemas"]![name]!["properties"]!.AsObject().Select(p => p.Key).Order(StringComparer.Ordinal));
    }

    private static string Hidden(JsonNode data)
    {
        using var parsed = System.Text.Json.JsonDocument.Parse(data.ToJsonString());
        return System.Text.RegularExpressions.Regex.Unescape(TokenMask.Hide(parsed.RootElement).GetRawText());
    }

    private string Filled(string json, long amount = 1_000) =>
        json.Replace("ALICE", $"{_alice}", StringComparison.Ordinal)
            .Replace("BOB", $"{_bob}", StringComparison.Ordinal)
            .Replace("YEN", $"{_yen}", StringComparison.Ordinal)[..^1] + $$""","amount":{{amount}},"currency":"EUR"}""";

    private async Task<Guid> AcceptedAsync(string target, string json)
    {
        using var answer = await _api.PostAsync(target, Filled(json), Api.Fresh("key"));
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!;
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var payment = (Guid)body["paymentId"]!;
        Assert.Equal(("pending", $"/api/payments/{payment}"), ((string)body["status"]!, answer.Headers.Location!.OriginalString));
        return payment;
    }

    private async Task AssertBadAsync(string target, string json, string field)
    {
        var before = await WrittenAsync();
        using var answer = await _api.PostAsync(target, Filled(json), Api.Fresh("bad"));
        var problem = await ProblemAssert.IsAsync(answer, HttpStatusCode.BadRequest, "invalid_request");
        Assert.Equal([field], problem["errors"]!.AsObject().Select(e => e.Key));
        Assert.Equal(before, await WrittenAsync());
    }

    private Task<List<string>> WrittenAsync() =>
        fixture.QueryAsync("select format('%s %s', (select count(*) from events), (select count(*) from claims))");
}
