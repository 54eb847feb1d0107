using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using IntegrationTests.CardProcessor;
using IntegrationTests.Gateway;

namespace IntegrationTests.Operators;

/// <summary>The card processor's stand-in keeps no trail; what is done to it is in the gateway's.</summary>
public sealed class CardFaultTrailTests(PostgresFixture postgres)
{
    private const string Faults = "/api/admin/cards/faults";

    [Fact]
    public async Task What_is_changed_is_recorded_with_what_was_before_and_what_is_refused_is_not()
    {
        await using var processor = await ProcessorFixture.StartAsync(postgres);
        await using var gateway = await GatewayFixture.StartAsync(
            "environment=Development",
            $"ConnectionStrings:operators={await postgres.CreateDatabaseAsync()}",
            $"services:card-processor:http:0={processor.Client.BaseAddress}");

        await SendAsync(gateway, HttpMethod.Put, """{"declinePercent":90}""", HttpStatusCode.OK);
        await SendAsync(gateway, HttpMethod.Post, """{"declinePercent":101}""", HttpStatusCode.BadRequest);
        await SendAsync(gateway, HttpMethod.Post, "no JSON", HttpStatusCode.BadRequest);
        await SendAsync(gateway, HttpMethod.Put, """{"down":true}""", HttpStatusCode.Forbidden, GatewayFixture.ReadKey);
        await SendAsync(gateway, HttpMethod.Delete, null, HttpStatusCode.OK);

        var trail = await JsonAsync(gateway, "/api/admin/operators/audit?act=card-faults-set");
        var acts = trail["items"]!.AsArray();
        Assert.Equal(
            [("shop", 90, 0, "card-processor/faults"), ("shop", 0, 90, "card-processor/faults")],
            acts.Select(a => (
                (string)a!["by"]!, (int)a["before"]!["declinePercent"]!, (int)(a["after"]!["declinePercent"] ?? 0),
                (string)a["subject"]!)));
        Assert.True((bool)(await JsonAsync(gateway, "/api/admin/operators/audit/verify"))["intact"]!);
    }

    [Fact]
    public async Task A_processor_that_cannot_be_reached_is_told_as_such_and_nothing_is_recorded()
    {
        await using var gateway = await GatewayFixture.StartAsync(
            "environment=Development",
            $"ConnectionStrings:operators={await postgres.CreateDatabaseAsync()}",
            "services:card-processor:http:0=http://127.0.0.1:1");

        using var refused = await gateway.SendAsync(HttpMethod.Put, Faults, body: Json("""{"down":true}"""));

        Assert.True(refused.StatusCode is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable, $"{refused.StatusCode}");
        Assert.Empty((await JsonAsync(gateway, "/api/admin/operators/audit?act=card-faults-set"))["items"]!.AsArray());
    }

    private static async Task SendAsync(
        GatewayFixture gateway, HttpMethod method, string? body, HttpStatusCode expected, string key = GatewayFixture.FullKey)
    {
        using var response = await gateway.SendAsync(method, Faults, key, body is null ? null : Json(body));
        Assert.Equal(expected, response.StatusCode);
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    private static async Task<JsonNode> JsonAsync(GatewayFixture gateway, string target)
    {
        using var response = await gateway.GetAsync(target);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
    }
}
