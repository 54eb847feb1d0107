using System.Net;
using IntegrationTests.Gateway;
using Microsoft.AspNetCore.Builder;
using Npgsql;
using Payments.ServiceDefaults.Configuration;
using Payments.ServiceDefaults.Errors;

namespace IntegrationTests.ServiceDefaults;

public sealed class ErrorTests
{
    [Theory]
    [InlineData("GET", "/nowhere", HttpStatusCode.NotFound, "not_found")]
    [InlineData("DELETE", "/orders", HttpStatusCode.MethodNotAllowed, "method_not_allowed")]
    public async Task What_is_not_there_is_a_problem_whatever_the_client_accepts(
        string method, string target, HttpStatusCode status, string code)
    {
        await using var host = await DefaultsFixture.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Parse(method), target);
        request.Headers.Add("Accept", "text/html");
        using var response = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);

        await ProblemAssert.IsAsync(response, status, code);
    }

    [Fact]
    public async Task A_body_that_is_no_json_is_415()
    {
        await using var host = await DefaultsFixture.StartAsync();
        using var response = await host.PostAsync("amount=1"u8.ToArray(), mediaType: "application/x-www-form-urlencoded");

        await ProblemAssert.IsAsync(response, HttpStatusCode.UnsupportedMediaType, "unsupported_media_type");
    }

    [Theory]
    [InlineData("Production")]
    [InlineData("Development")]
    public async Task A_bug_is_a_500_that_tells_nothing_of_itself(string environment)
    {
        await using var host = await DefaultsFixture.StartAsync(
            builder => builder.Environment.EnvironmentName = environment,
            app => app.MapGet("/bug", string () => throw new InvalidOperationException("the secret")));
        using var response = await host.Client.GetAsync("/bug", TestContext.Current.CancellationToken);

        var problem = await ProblemAssert.IsAsync(response, HttpStatusCode.InternalServerError, "internal_error");
        Assert.DoesNotContain("secret", problem.ToJsonString());
        Assert.DoesNotContain("Exception", problem.ToJsonString());
    }

    [Fact]
    public async Task A_database_that_is_away_is_a_503_that_says_when_to_come_back()
    {
        await using var host = await DefaultsFixture.StartAsync(
            builder => Away(builder),
            app => app.MapGet("/rows", async (NpgsqlDataSource database) =>
            {
                await using var connection = await database.OpenConnectionAsync();
            }));
        using var response = await host.Client.GetAsync("/rows", TestContext.Current.CancellationToken);

        await ProblemAssert.IsAsync(response, HttpStatusCode.ServiceUnavailable, "unavailable");
        Assert.Equal(TimeSpan.FromSeconds(1), response.Headers.RetryAfter?.Delta);
    }

    [Fact]
    public async Task A_refusal_carries_its_code()
    {
        await using var host = await DefaultsFixture.StartAsync(
            map: app => app.MapGet("/refused", () => Problems.Unprocessable("insufficient_funds", "Not enough.")));
        using var response = await host.Client.GetAsync("/refused", TestContext.Current.CancellationToken);

        var problem = await ProblemAssert.IsAsync(response, HttpStatusCode.UnprocessableEntity, "insufficient_funds");
        Assert.Equal(("Insufficient funds", "Not enough."), ((string?)problem["title"], (string?)problem["detail"]));
    }

    // Nobody listens on port 1.
    private static WebApplicationBuilder Away(WebApplicationBuilder builder)
    {
        builder.Configuration["ConnectionStrings:away"] = "Host=127.0.0.1;Port=1;Username=x;Database=x;Timeout=2";
        return builder.AddPostgres("away");
    }
}
