using System.Net;
using Payments.ServiceDefaults.Callers;

namespace IntegrationTests.Gateway;

public sealed class ApiKeyTests
{
    [Theory]
    [InlineData(null, "missing_api_key")]
    [InlineData("", "missing_api_key")]
    [InlineData("wrong", "invalid_api_key")]
    [InlineData("dev-key", "invalid_api_key")]
    public async Task Without_a_known_key_nothing_reaches_a_service(string? key, string code)
    {
        await using var gateway = await GatewayFixture.StartAsync();
        using var response = await gateway.GetAsync("/api/payments/7", key);

        await ProblemAssert.IsAsync(response, HttpStatusCode.Unauthorized, code);
        Assert.NotEmpty(response.Headers.WwwAuthenticate);
        Assert.All(gateway.Services, service => Assert.Empty(service.Requests));
    }

    [Fact]
    public async Task Two_known_keys_are_no_known_key()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        using var request = GatewayFixture.Request(HttpMethod.Get, "/api/payments/7");
        request.Headers.Add(PlatformHeaders.ApiKey, GatewayFixture.ReadKey);
        using var response = await gateway.Client.SendAsync(request, TestContext.Current.CancellationToken);

        await ProblemAssert.IsAsync(response, HttpStatusCode.Unauthorized, "invalid_api_key");
    }

    [Theory]
    [InlineData("GET", "/api/payments/7", null)]
    [InlineData("POST", "/api/payments", "payments:write")]
    [InlineData("DELETE", "/api/payments/7", "payments:write")]
    [InlineData("GET", "/api/wallets/7", "wallets:read")]
    [InlineData("POST", "/api/wallets", "wallets:write")]
    [InlineData("GET", "/api/users/u/wallets", "wallets:read")]
    [InlineData("GET", "/api/admin/sagas", "admin:read")]
    [InlineData("GET", "/API/ADMIN/payments", "admin:read")]
    public async Task A_key_opens_what_its_scopes_say_and_no_more(string method, string target, string? missing)
    {
        await using var gateway = await GatewayFixture.StartAsync();
        using var response = await gateway.SendAsync(HttpMethod.Parse(method), target, GatewayFixture.ReadKey);

        if (missing is null)
        {
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            return;
        }

        var problem = await ProblemAssert.IsAsync(response, HttpStatusCode.Forbidden, "forbidden");
        Assert.Contains($"'{missing}'", (string?)problem["detail"]);
        Assert.All(gateway.Services, service => Assert.Empty(service.Requests));
    }

    [Fact]
    public async Task The_development_key_works_in_development()
    {
        await using var gateway = await GatewayFixture.StartAsync("environment=Development");
        using var response = await gateway.SendAsync(HttpMethod.Post, "/api/payments", "dev-key");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/alive")]
    [InlineData("/docs/")]
    [InlineData("/openapi/v1.json")]
    public async Task Health_and_the_description_need_no_key(string target)
    {
        await using var gateway = await GatewayFixture.StartAsync();
        using var response = await gateway.GetAsync(target, key: null);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }
}
