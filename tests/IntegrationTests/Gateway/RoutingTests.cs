using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Payments.ServiceDefaults.Callers;

namespace IntegrationTests.Gateway;

public sealed class RoutingTests : IAsyncLifetime
{
    private GatewayFixture _gateway = null!;

    public async ValueTask InitializeAsync() => _gateway = await GatewayFixture.StartAsync();

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Theory]
    [InlineData("/api/wallets", "wallet")]
    [InlineData("/api/wallets/7/deposits", "wallet")]
    [InlineData("/api/users/u-1/wallets", "wallet")]
    [InlineData("/api/payments", "payment")]
    [InlineData("/api/payments/7/history", "payment")]
    [InlineData("/api/payments/7/refunds/8", "payment")]
    [InlineData("/api/transfers", "payment")]
    [InlineData("/api/admin/payments/x", "payment")]
    [InlineData("/api/admin/wallets/x", "wallet")]
    [InlineData("/api/admin/sagas/x", "saga")]
    public async Task Each_address_reaches_its_service(string target, string service)
    {
        using var response = await _gateway.GetAsync(target);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var name = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(service, name.Replace("-twin", ""));
    }

    [Fact]
    public async Task Outside_of_development_there_is_no_way_to_the_faults_of_the_card_processor()
    {
        await using var gateway = await GatewayFixture.StartAsync(
            $"services:card-processor:http:0={_gateway.Wallet.Address}", "environment=Production");

        using var response = await gateway.GetAsync("/api/admin/cards/faults");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Theory]
    [InlineData(GatewayFixture.FullKey, HttpStatusCode.OK)]
    [InlineData(GatewayFixture.ReadKey, HttpStatusCode.Forbidden)]
    public async Task What_the_gateway_runs_with_is_for_operators(string key, HttpStatusCode expected)
    {
        using var response = await _gateway.GetAsync("/api/admin/gateway/settings", key);

        Assert.Equal(expected, response.StatusCode);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain("127.0.0.1", text, StringComparison.Ordinal);
        Assert.Equal(expected == HttpStatusCode.OK, text.Contains("payment-1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_request_arrives_as_it_was_sent_with_the_client_named_and_the_key_gone()
    {
        using var body = new StringContent("""{"amount":1}""", Encoding.UTF8, "application/json");
        using var request = GatewayFixture.Request(HttpMethod.Post, "/api/wallets/7/deposits?a=1&b=%2F", body: body);
        request.Headers.Add(PlatformHeaders.IdempotencyKey, "k-1");
        request.Headers.Add(PlatformHeaders.CorrelationId, "order-42");
        request.Headers.Add(PlatformHeaders.ClientId, "somebody-else");
        using var response = await _gateway.Client.SendAsync(request, TestContext.Current.CancellationToken);

        var seen = Assert.Single(_gateway.Wallet.Requests);
        Assert.Equal(("POST", "/api/wallets/7/deposits?a=1&b=%2F", """{"amount":1}"""), (seen.Method, seen.Target, seen.Body));
        Assert.Equal("shop", seen.Headers[PlatformHeaders.ClientId]);
        Assert.Equal("k-1", seen.Headers[PlatformHeaders.IdempotencyKey]);
        Assert.Equal("order-42", seen.Headers[PlatformHeaders.CorrelationId]);
        Assert.Equal("application/json; charset=utf-8", seen.Headers["Content-Type"]);
        Assert.DoesNotContain(PlatformHeaders.ApiKey, seen.Headers.Keys);
        Assert.Equal("order-42", Assert.Single(response.Headers.GetValues(PlatformHeaders.CorrelationId)));
    }

    [Fact]
    public async Task A_client_cannot_have_its_name_removed_on_the_way()
    {
        using var request = GatewayFixture.Request(HttpMethod.Get, "/api/wallets/7");
        request.Headers.TryAddWithoutValidation("Connection", PlatformHeaders.ClientId);   // A proxy drops the headers named here.
        using var response = await _gateway.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal("shop", Assert.Single(_gateway.Wallet.Requests).Headers[PlatformHeaders.ClientId]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("with spaces <script>")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123456789")]
    public async Task A_correlation_id_that_is_missing_or_unfit_is_made(string? sent)
    {
        using var request = GatewayFixture.Request(HttpMethod.Get, "/api/payments/7");
        if (sent is not null)
        {
            request.Headers.TryAddWithoutValidation(PlatformHeaders.CorrelationId, sent);
        }

        _gateway.Payment.Answer = _gateway.PaymentTwin.Answer = context =>
        {
            context.Response.Headers[PlatformHeaders.CorrelationId] = context.Request.Headers[PlatformHeaders.CorrelationId];
            return Task.CompletedTask;
        };
        using var response = await _gateway.Client.SendAsync(request, TestContext.Current.CancellationToken);

        var id = Assert.Single(response.Headers.GetValues(PlatformHeaders.CorrelationId));
        Assert.True(Guid.TryParseExact(id, "D", out _));
        Assert.Equal(id, _gateway.Payment.Requests.Concat(_gateway.PaymentTwin.Requests).Single().Headers[PlatformHeaders.CorrelationId]);
    }

    [Fact]
    public async Task A_services_own_answer_passes_unchanged()
    {
        _gateway.Wallet.Answer = context =>
        {
            context.Response.StatusCode = 409;
            context.Response.ContentType = "application/problem+json";
            context.Response.Headers.Location = "/api/wallets/8";
            return context.Response.WriteAsync("""{"code":"in_flight"}""");
        };
        using var response = await _gateway.SendAsync(HttpMethod.Post, "/api/wallets");

        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        Assert.Equal("/api/wallets/8", response.Headers.Location?.OriginalString);
        Assert.Equal("""{"code":"in_flight"}""", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_unknown_address_is_a_404_problem()
    {
        using var response = await _gateway.GetAsync("/api/unknown");
        await ProblemAssert.IsAsync(response, HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Every_answer_carries_the_security_headers_once()
    {
        _gateway.Wallet.Answer = context =>
        {
            context.Response.Headers.XContentTypeOptions = "nosniff";
            return context.Response.WriteAsync("{}");
        };
        using var proxied = await _gateway.GetAsync("/api/wallets/7");
        using var refused = await _gateway.GetAsync("/api/wallets/7", key: null);
        using var page = await _gateway.GetAsync("/docs/", key: null);

        foreach (var response in new[] { proxied, refused, page })
        {
            Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
            Assert.Equal("DENY", Assert.Single(response.Headers.GetValues("X-Frame-Options")));
            Assert.Contains("frame-ancestors 'none'", Assert.Single(response.Headers.GetValues("Content-Security-Policy")));
            Assert.False(response.Headers.Contains("Server"));
        }

        Assert.Equal("no-store", proxied.Headers.CacheControl?.ToString());
    }
}
