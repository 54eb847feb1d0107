using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using IntegrationTests.Gateway;
using Microsoft.AspNetCore.Builder;
using Payments.Console;

namespace IntegrationTests.Operators;

/// <summary>Signing in with an OpenID Connect provider: what the gateway believes, and the whole way through the console.</summary>
public sealed class OpenIdTests(PostgresFixture postgres) : IAsyncLifetime
{
    private OpenIdStandIn _provider = null!;
    private GatewayFixture _gateway = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _provider = await OpenIdStandIn.StartAsync();
        _gateway = await GatewayFixture.StartAsync(
            "environment=Development",
            $"ConnectionStrings:operators={await postgres.CreateDatabaseAsync()}",
            "Operators:FirstAdminPassword=first-time-around",
            $"Operators:OpenIdConnect:Authority={_provider.Issuer}",
            $"Operators:OpenIdConnect:ClientId={OpenIdStandIn.ClientId}");
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task Whom_the_provider_vouches_for_is_signed_in_with_the_role_it_tells_and_loses_it_when_it_tells_another()
    {
        var paula = await SignInAsync(_provider.Token());
        Assert.Equal(("paula", "operator", false), ((string)paula["name"]!, (string)paula["role"]!, (bool)paula["mustChangePassword"]!));

        _provider.Person["roles"] = "payments-viewer";
        Assert.Equal("viewer", (string)(await SignInAsync(_provider.Token()))["role"]!);
    }

    [Fact]
    public async Task A_token_that_is_not_the_providers_or_not_for_the_console_or_too_old_signs_nobody_in()
    {
        using var stranger = RSA.Create(2048);
        foreach (var token in new[]
        {
            _provider.Token(audience: "another-client"),
            _provider.Token(issuer: "https://elsewhere.example"),
            _provider.Token(expiresInSeconds: -120),
            _provider.Token(signedBy: stranger),
            "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.",
            "nonsense",
            new string('x', 20_000),
        })
        {
            using var response = await PostAsync(token);
            await ProblemAssert.IsAsync(response, HttpStatusCode.Unauthorized, "sign_in_refused");
        }
    }

    [Fact]
    public async Task Who_has_no_role_there_has_none_here_and_nobody_takes_the_name_of_another()
    {
        _provider.Person["roles"] = new[] { "cook" };
        using var noRole = await PostAsync(_provider.Token());
        await ProblemAssert.IsAsync(noRole, HttpStatusCode.Forbidden, "forbidden");

        _provider.Person["roles"] = "payments-admin";
        _provider.Person["preferred_username"] = "admin";
        using var taken = await PostAsync(_provider.Token());
        await ProblemAssert.IsAsync(taken, HttpStatusCode.Conflict, "operator_exists");

        _provider.Person["preferred_username"] = "paula";
        await SignInAsync(_provider.Token());
        _provider.Person["sub"] = "somebody-else";
        using var another = await PostAsync(_provider.Token());
        await ProblemAssert.IsAsync(another, HttpStatusCode.Conflict, "operator_exists");
    }

    [Fact]
    public async Task Through_the_console_to_the_provider_and_back_with_a_cookie()
    {
        await using var console = await StartConsoleAsync();
        using var browser = new HttpClient(new SocketsHttpHandler { UseCookies = true, CookieContainer = new CookieContainer() })
        {
            BaseAddress = new Uri(console.Urls.Single()),
        };

        var door = await browser.GetStringAsync("/payments", Cancel);
        Assert.Contains("Sign in with the company", door, StringComparison.Ordinal);
        using var back = await browser.GetAsync("/sign-in/open-id?returnUrl=%2Fpayments", Cancel);
        Assert.Equal((HttpStatusCode.OK, "/payments"), (back.StatusCode, back.RequestMessage!.RequestUri!.AbsolutePath));
        Assert.Contains("paula", await browser.GetStringAsync("/account", Cancel), StringComparison.Ordinal);

        _provider.Person["roles"] = "cook";
        using var refused = await browser.GetAsync("/sign-in/open-id?returnUrl=https%3A%2F%2Felsewhere.example", Cancel);
        Assert.Equal("/sign-in", refused.RequestMessage!.RequestUri!.AbsolutePath);
        Assert.Contains("has no role here", await refused.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    private async Task<WebApplication> StartConsoleAsync()
    {
        var console = ConsoleHost.Build(
        [
            "--environment=Development",
            "--urls=http://127.0.0.1:0",
            "--Logging:Console:LogLevel:Default=None",
            $"--services:gateway:http:0={_gateway.Address}",
            $"--Console:OpenIdConnect:Authority={_provider.Issuer}",
            $"--Console:OpenIdConnect:ClientId={OpenIdStandIn.ClientId}",
            $"--Console:OpenIdConnect:ClientSecret={OpenIdStandIn.ClientSecret}",
            "--Console:OpenIdConnect:Name=the company",
        ]);
        await console.StartAsync(Cancel);
        return console;
    }

    private async Task<JsonNode> SignInAsync(string token)
    {
        using var response = await PostAsync(token);
        var text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{(int)response.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }

    private Task<HttpResponseMessage> PostAsync(string token) =>
        _gateway.Client.PostAsJsonAsync("/api/operators/sign-in/open-id", new { idToken = token }, Cancel);
}
