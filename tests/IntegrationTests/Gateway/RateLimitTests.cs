using System.Net;

namespace IntegrationTests.Gateway;

public sealed class RateLimitTests
{
    [Fact]
    public async Task A_client_over_its_limit_is_told_when_to_come_back_and_disturbs_nobody_else()
    {
        await using var gateway = await GatewayFixture.StartAsync("RateLimit:RequestsPerMinute=3");
        for (var i = 0; i < 3; i++)
        {
            using var within = await gateway.GetAsync("/api/payments/7");
            Assert.Equal(HttpStatusCode.OK, within.StatusCode);
        }

        using var over = await gateway.GetAsync("/api/payments/7");
        using var other = await gateway.GetAsync("/api/payments/7", GatewayFixture.ReadKey);
        using var health = await gateway.GetAsync("/health", key: null);

        await ProblemAssert.IsAsync(over, HttpStatusCode.TooManyRequests, "rate_limited");
        Assert.InRange(over.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        Assert.Equal(4, gateway.Payment.Requests.Count + gateway.PaymentTwin.Requests.Count);
    }

    [Fact]
    public async Task The_development_key_has_no_limit()
    {
        await using var gateway = await GatewayFixture.StartAsync("RateLimit:RequestsPerMinute=1", "environment=Development");
        for (var i = 0; i < 5; i++)
        {
            using var response = await gateway.GetAsync("/api/payments/7", "dev-key");
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }
}
