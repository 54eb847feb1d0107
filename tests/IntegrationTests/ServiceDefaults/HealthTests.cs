using System.Net;
using Payments.ServiceDefaults.Configuration;

namespace IntegrationTests.ServiceDefaults;

public sealed class HealthTests(PostgresFixture postgres)
{
    [Fact]
    public async Task With_its_database_a_host_is_healthy()
    {
        var connectionString = await postgres.CreateDatabaseAsync();
        await using var host = await DefaultsFixture.StartAsync(builder =>
        {
            builder.Configuration["ConnectionStrings:here"] = connectionString;
            builder.AddPostgres("here");
        });

        await AssertAsync(host, "/health", HttpStatusCode.OK, """{"status":"healthy","checks":{"postgres-here":"healthy"}}""");
    }

    [Fact]
    public async Task Without_its_database_a_host_is_alive_but_not_healthy()
    {
        await using var host = await DefaultsFixture.StartAsync(builder =>
        {
            builder.Configuration["ConnectionStrings:away"] = "Host=127.0.0.1;Port=1;Username=x;Database=x;Timeout=2";   // Nobody is there.
            builder.AddPostgres("away");
        });

        await AssertAsync(host, "/alive", HttpStatusCode.OK, """{"status":"healthy","checks":{}}""");
        await AssertAsync(
            host, "/health", HttpStatusCode.ServiceUnavailable, """{"status":"unhealthy","checks":{"postgres-away":"unhealthy"}}""");
    }

    private static async Task AssertAsync(DefaultsFixture host, string target, HttpStatusCode status, string body)
    {
        using var response = await host.Client.GetAsync(target, TestContext.Current.CancellationToken);
        Assert.Equal(
            (status, body),
            (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
    }
}
