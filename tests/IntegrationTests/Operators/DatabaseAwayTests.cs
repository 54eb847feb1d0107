using System.Net;
using System.Net.Http.Json;
using IntegrationTests.Gateway;
using IntegrationTests.Standalone;
using Payments.Standalone;
using Payments.Standalone.Postgres;

namespace IntegrationTests.Operators;

/// <summary>The operators' database is stopped and started under a gateway: payments go on, and sign-in says what is wrong.</summary>
public sealed class DatabaseAwayTests : IAsyncLifetime
{
    private const string Password = "first-time-around";

    private readonly string _folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), $"operators-{Guid.NewGuid():N}")).FullName;
    private readonly int _port = FreePorts.Find(1)[0];
    private PrivatePostgres? _server;
    private string _database = "";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await StartDatabaseAsync();
        _database = await _server!.CreateDatabaseAsync("operators");
    }

    public async ValueTask DisposeAsync()
    {
        await StopDatabaseAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_gateway_whose_operators_database_goes_away_is_degraded_and_serves_payments()
    {
        await using var gateway = await StartGatewayAsync();
        Assert.Equal(HttpStatusCode.OK, await SignInAsync(gateway));
        await AssertHealthAsync(gateway, "healthy");

        await StopDatabaseAsync();

        await AssertHealthAsync(gateway, "degraded");
        await AssertPaymentsGoOnAsync(gateway);
        await AssertNobodyCanSignInAsync(gateway);

        await StartDatabaseAsync();
        await EventuallySignInAsync(gateway);
        await AssertHealthAsync(gateway, "healthy");
    }

    [Fact]
    public async Task A_gateway_that_starts_without_it_serves_payments_and_makes_it_ready_when_it_comes()
    {
        await StopDatabaseAsync();
        await using var gateway = await StartGatewayAsync();

        await AssertHealthAsync(gateway, "degraded");
        await AssertPaymentsGoOnAsync(gateway);
        await AssertNobodyCanSignInAsync(gateway);

        await StartDatabaseAsync(); // Without a schema: nobody has migrated it yet.
        await EventuallySignInAsync(gateway);
        await AssertHealthAsync(gateway, "healthy");
    }

    private Task<GatewayFixture> StartGatewayAsync() =>
        GatewayFixture.StartAsync($"ConnectionStrings:operators={_database}", $"Operators:FirstAdminPassword={Password}");

    private static async Task AssertHealthAsync(GatewayFixture gateway, string status)
    {
        using var response = await gateway.Client.GetAsync("/health", Cancel);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.StartsWith($"{{\"status\":\"{status}\"", await response.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    private static async Task AssertPaymentsGoOnAsync(GatewayFixture gateway)
    {
        using var response = await gateway.GetAsync("/api/payments");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static async Task AssertNobodyCanSignInAsync(GatewayFixture gateway)
    {
        using var signIn = await gateway.Client.PostAsJsonAsync(
            "/api/operators/sign-in", new { name = "admin", password = Password }, Cancel);
        var problem = await ProblemAssert.IsAsync(signIn, HttpStatusCode.ServiceUnavailable, "unavailable");
        Assert.StartsWith("The operators' database is unavailable", (string)problem["detail"]!, StringComparison.Ordinal);
        using var inSession = new HttpRequestMessage(HttpMethod.Get, "/api/admin/sagas");
        inSession.Headers.Add("Authorization", "Bearer ops_x");
        using var response = await gateway.Client.SendAsync(inSession, Cancel);
        await ProblemAssert.IsAsync(response, HttpStatusCode.ServiceUnavailable, "unavailable");
    }

    private static async Task EventuallySignInAsync(GatewayFixture gateway)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await SignInAsync(gateway) != HttpStatusCode.OK)
        {
            await Task.Delay(50, deadline.Token);
        }
    }

    private static async Task<HttpStatusCode> SignInAsync(GatewayFixture gateway)
    {
        using var response = await gateway.Client.PostAsJsonAsync(
            "/api/operators/sign-in", new { name = "admin", password = Password }, Cancel);
        return response.StatusCode;
    }

    private async Task StartDatabaseAsync() =>
        _server = await PrivatePostgres.StartAsync(PostgresOwner.Small(_folder) with { Port = _port });

    private async Task StopDatabaseAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
            _server = null;
        }
    }
}
