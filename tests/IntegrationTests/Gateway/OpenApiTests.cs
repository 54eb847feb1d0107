using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace IntegrationTests.Gateway;

public sealed partial class OpenApiTests
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

        using var docs = await gateway.GetAsync("/docs", key: null);
        Assert.Equal("docs/", docs.Headers.Location?.OriginalString);

        using var page = await gateway.GetAsync("/docs/", key: null);
        var html = await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain("://", html);
        Assert.Contains("<html lang=\"en\">", html, StringComparison.Ordinal);
        var policy = Assert.Single(page.Headers.GetValues("Content-Security-Policy"));
        var nonce = NonceOf().Match(policy).Groups[1].Value;
        Assert.Equal(
            $"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'unsafe-inline'; connect-src 'self'; img-src 'self' data:; "
                + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            policy);
        Assert.Equal(3, html.Split($"nonce=\"{WebUtility.HtmlEncode(nonce)}\"").Length - 1);
        foreach (var script in new[] { "/docs/scalar.js", "/docs/scalar.aspnetcore.js" })
        {
            using var response = await gateway.GetAsync(script, key: null);
            Assert.Equal((HttpStatusCode.OK, "text/javascript"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        }
    }

    [GeneratedRegex("'nonce-([^']+)'")]
    private static partial Regex NonceOf();

    public static JsonObject Document(params string[] paths) => new()
    {
        ["openapi"] = "3.1.1",
        ["info"] = new JsonObject { ["title"] = "", ["version"] = "" },
        ["paths"] = new JsonObject(paths.Select(path => KeyValuePair.Create<string, JsonNode?>(path, new JsonObject()))),
    };
}
