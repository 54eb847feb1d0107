using System.Net;
using System.Text.Json.Nodes;

namespace IntegrationTests.Gateway;

public sealed class OpenApiTests
{
    [Fact]
    public async Task The_documents_of_the_services_become_one()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        gateway.Payment.OpenApi = Document("/api/payments", "/api/admin/payments");
        gateway.Wallet.OpenApi = Document("/api/wallets", "/internal");

        var document = JsonNode.Parse(await gateway.Client.GetStringAsync("/openapi/v1.json", TestContext.Current.CancellationToken))!;

        Assert.Equal(["/api/payments", "/api/wallets"], document["paths"]!.AsObject().Select(p => p.Key));
        Assert.Equal("X-Api-Key", (string?)document["components"]!["securitySchemes"]!["apiKey"]!["name"]);
    }

    [Fact]
    public async Task While_the_services_have_never_answered_it_is_unavailable()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        await gateway.Wallet.DisposeAsync();
        using var response = await gateway.GetAsync("/openapi/v1.json", key: null);

        await ProblemAssert.IsAsync(response, HttpStatusCode.ServiceUnavailable, "unavailable");
        Assert.NotNull(response.Headers.RetryAfter);
    }

    [Fact]
    public async Task The_page_loads_nothing_from_elsewhere()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        using var root = await gateway.GetAsync("/", key: null);
        Assert.Equal("/docs", root.Headers.Location?.OriginalString);

        foreach (var (file, type) in new[] { ("/docs", "text/html"), ("/docs/docs.css", "text/css"), ("/docs/docs.js", "text/javascript") })
        {
            using var response = await gateway.GetAsync(file, key: null);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal(type, response.Content.Headers.ContentType?.MediaType);
            Assert.DoesNotContain("://", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }
    }

    private static JsonObject Document(params string[] paths) => new()
    {
        ["paths"] = new JsonObject(paths.Select(path => KeyValuePair.Create<string, JsonNode?>(path, new JsonObject()))),
    };
}
