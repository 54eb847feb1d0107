using System.Net;
using IntegrationTests.Gateway;
using IntegrationTests.WholeSystem;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Payments.PaymentService;
using Payments.SagaService;
using Payments.ServiceDefaults.Callers;
using Payments.WalletService;

namespace IntegrationTests.Operators;

/// <summary>Every route for operators of every service: none is open by oversight.</summary>
public sealed class RoleTests : IAsyncLifetime
{
    private readonly List<WebApplication> _hosts = [];

    // Not started: what they map is known, and nothing of it needs a database or a broker.
    public ValueTask InitializeAsync()
    {
        string[] common =
        [
            "--environment=Development", "--urls=http://127.0.0.1:0", "--ConnectionStrings:kafka=127.0.0.1:1",
            "--services:card-processor:http:0=http://127.0.0.1:1", "--services:wallet:http:0=http://127.0.0.1:1",
            "--services:payment:http:0=http://127.0.0.1:1", "--services:saga:http:0=http://127.0.0.1:1",
        ];
        _hosts.Add(PaymentHost.Build([.. common, "--ConnectionStrings:payments=Host=127.0.0.1"]));
        _hosts.Add(WalletHost.Build([.. common, "--ConnectionStrings:wallets=Host=127.0.0.1"]));
        _hosts.Add(SagaHost.Build([.. common, "--ConnectionStrings:sagas=Host=127.0.0.1"]));
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            await host.DisposeAsync();
        }
    }

    [Fact]
    public void What_changes_something_needs_an_operator_or_an_admin_and_what_only_looks_a_viewer()
    {
        var routes = _hosts.SelectMany(host => ((IEndpointRouteBuilder)host).DataSources).SelectMany(source => source.Endpoints)
            .OfType<RouteEndpoint>().Where(e => e.RoutePattern.RawText!.Contains("/api/admin/", StringComparison.Ordinal)).ToList();
        Assert.True(routes.Count > 60, $"{routes.Count} routes: some are not found by this test.");

        var looks = new[] { "/preview", "/verify" };   // They are sent a question as a body, and change nothing.
        foreach (var route in routes)
        {
            var role = route.Metadata.GetMetadata<RequiredRole>()?.Role;
            var method = Assert.Single(route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods);
            var onlyLooks = method == "GET" || looks.Any(look => route.RoutePattern.RawText!.EndsWith(look, StringComparison.Ordinal));
            Assert.True(
                onlyLooks ? role == OperatorRole.Viewer : role >= OperatorRole.Operator, $"{method} {route.RoutePattern.RawText}: {role}");
        }
    }
}

/// <summary>The same over HTTP, at a service and at the gateway.</summary>
[Collection(WholeSystemTests.Name)]
public sealed class RefusedRoleTests(PlatformFixture fixture)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("POST", "/api/admin/wallets/dead-letters/1/discard", """{"reason":"because"}""")]
    [InlineData("POST", "/api/admin/sagas/0194c3a0-0000-7000-8000-000000000000/complete", """{"reason":"because"}""")]
    [InlineData("POST", "/api/admin/payments/projections/payment_minutes/pause", """{"reason":"because"}""")]
    [InlineData("PUT", "/api/admin/wallets/planted-failures", """{"routingKey":"x","seconds":1}""")]
    public async Task Nobody_gets_past_the_gateway_with_a_role_of_their_own_making(string method, string target, string body)
    {
        using var http = new HttpClient { BaseAddress = fixture.Api.Http.BaseAddress };
        using var request = new HttpRequestMessage(HttpMethod.Parse(method), target)
        {
            Content = new StringContent(body, null, "application/json"),
            Headers = { { "Idempotency-Key", Api.Fresh("key") }, { PlatformHeaders.OperatorRole, "admin" } },
        };

        using var response = await http.SendAsync(request, Cancel);

        await ProblemAssert.IsAsync(response, HttpStatusCode.Unauthorized, "missing_api_key");
    }
}
