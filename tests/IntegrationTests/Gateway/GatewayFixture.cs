using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Payments.Gateway;
using Payments.ServiceDefaults.Callers;

namespace IntegrationTests.Gateway;

/// <summary>The gateway on a port of its own, in front of stand-ins: two instances of the payment service, one of each other.</summary>
internal sealed class GatewayFixture : IAsyncDisposable
{
    public const string FullKey = "key-of-shop";
    public const string ReadKey = "key-of-auditor";
    private const string Pepper = "pepper-for-tests-only";

    private readonly WebApplication _gateway;

    private GatewayFixture(WebApplication gateway, StandIn[] services)
    {
        _gateway = gateway;
        Services = services;
        Client = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { BaseAddress = Address };
    }

    public Uri Address => new(_gateway.Urls.Single());

    public HttpClient Client { get; }

    public StandIn[] Services { get; }

    public StandIn Payment => Services[0];

    public StandIn PaymentTwin => Services[1];

    public StandIn Wallet => Services[2];

    public StandIn Saga => Services[3];

    /// <param name="settings">More configuration, as <c>Section:Name=value</c>.</param>
    public static async Task<GatewayFixture> StartAsync(params string[] settings)
    {
        StandIn[] services =
        [
            await StandIn.StartAsync("payment"),
            await StandIn.StartAsync("payment-twin"),
            await StandIn.StartAsync("wallet"),
            await StandIn.StartAsync("saga"),
        ];
        string[] basics =
        [
            "urls=http://127.0.0.1:0",
            "Logging:Console:LogLevel:Default=None",
            $"services:payment:http:0={services[0].Address}",
            $"services:payment:http:1={services[1].Address}",
            $"services:wallet:http:0={services[2].Address}",
            $"services:saga:http:0={services[3].Address}",
            $"ApiKeyPepper={Pepper}",
            .. KeyOf(0, FullKey, "shop", "payments:read", "payments:write", "wallets:read", "wallets:write", "admin"),
            .. KeyOf(1, ReadKey, "auditor", "payments:read"),
        ];
        var gateway = GatewayHost.Build([.. basics.Concat(settings).Select(setting => $"--{setting}")]);
        await gateway.StartAsync();
        return new GatewayFixture(gateway, services);
    }

    public static HttpRequestMessage Request(HttpMethod method, string target, string? key = FullKey, HttpContent? body = null)
    {
        var request = new HttpRequestMessage(method, target) { Content = body };
        if (key is not null)
        {
            request.Headers.Add(PlatformHeaders.ApiKey, key);
        }

        return request;
    }

    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string target, string? key = FullKey, HttpContent? body = null) =>
        Client.SendAsync(Request(method, target, key, body), TestContext.Current.CancellationToken);

    public Task<HttpResponseMessage> GetAsync(string target, string? key = FullKey) => SendAsync(HttpMethod.Get, target, key);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _gateway.DisposeAsync();
        foreach (var service in Services)
        {
            await service.DisposeAsync();
        }
    }

    private static IEnumerable<string> KeyOf(int index, string key, string client, params string[] scopes)
    {
        var hash = Convert.ToHexString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Pepper), Encoding.UTF8.GetBytes(key)));
        return scopes.Select((scope, i) => $"ApiKeys:{index}:Scopes:{i}={scope}")
            .Prepend($"ApiKeys:{index}:ClientId={client}")
            .Prepend($"ApiKeys:{index}:Hash={hash}");
    }
}

/// <summary>What must be true of every error answer.</summary>
internal static class ProblemAssert
{
    public static async Task<JsonNode> IsAsync(HttpResponseMessage response, HttpStatusCode status, string code)
    {
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(status == response.StatusCode, $"{(int)response.StatusCode} {text}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = JsonNode.Parse(text)!;
        Assert.Equal((int)status, (int)problem["status"]!);
        Assert.Equal(code, (string?)problem["code"]);
        Assert.Equal($"urn:payments:problem:{code}", (string?)problem["type"]);
        Assert.False(string.IsNullOrWhiteSpace((string?)problem["title"]));
        Assert.False(string.IsNullOrWhiteSpace((string?)problem["traceId"]));
        Assert.Equal(response.Headers.GetValues(PlatformHeaders.CorrelationId).Single(), (string?)problem["correlationId"]);
        return problem;
    }
}
