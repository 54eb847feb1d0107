using System.Net;
using System.Text.Json.Nodes;
using IntegrationTests.Gateway;
using IntegrationTests.Standalone;

namespace IntegrationTests.WholeSystem;

/// <summary>What an operator asks and orders through the gateway: states of the past, what changed between two, and the read models.</summary>
[Collection(WholeSystemTests.Name)]
public sealed class OperatorsTests(PlatformFixture fixture)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly Api _api = fixture.Api;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_state_of_a_wallet_at_two_versions_and_what_happened_between()
    {
        var wallet = await _api.OpenWalletWithAsync(10_000);
        using var _ = await _api.PostAsync($"/api/wallets/{wallet}/deposits", """{"amount":2500,"currency":"EUR"}""", Api.Fresh("key"));

        var opened = await _api.GetJsonAsync($"/api/admin/wallets/{wallet}/state?version=1");
        var now = await _api.GetJsonAsync($"/api/admin/wallets/{wallet}/state");
        var diff = await _api.GetJsonAsync($"/api/admin/wallets/{wallet}/diff?from=2&to=3");
        var whole = await _api.GetJsonAsync($"/api/admin/wallets/{wallet}/diff?from=2020-01-01T00:00:00Z");
        var nothing = await _api.GetJsonAsync($"/api/admin/wallets/{wallet}/diff?from=0&to=0");
        var back = await _api.GetJsonAsync($"/api/admin/wallets/{wallet}/diff?from=3&to=2");

        Assert.Equal((1, 0), ((long)opened["version"]!, (long)opened["state"]!["balance"]!["minor"]!));
        Assert.Equal((3, 12_500), ((long)now["version"]!, (long)now["state"]!["balance"]!["minor"]!));
        Assert.Equal("""[{"path":"balance.minor","before":10000,"after":12500}]""", diff["changes"]!.ToJsonString());
        Assert.Equal("wallet.deposited.v1", (string)Assert.Single(diff["events"]!.AsArray())!["type"]!);
        Assert.Equal(
            ["wallet.opened.v1", "wallet.deposited.v1", "wallet.deposited.v1"],
            whole["events"]!.AsArray().Select(e => (string)e!["type"]!));
        Assert.Equal((0, null), ((long)whole["from"]!["version"]!, whole["from"]!["state"]));
        Assert.Equal((0, null, 0), ((long)nothing["to"]!["version"]!, nothing["to"]!["state"], nothing["changes"]!.AsArray().Count));
        Assert.Equal("""[{"path":"balance.minor","before":12500,"after":10000}]""", back["changes"]!.ToJsonString());
    }

    [Theory]
    [InlineData("state?version=x", "version")]
    [InlineData("state?at=yesterday", "at")]
    [InlineData("state?version=1&at=2026-01-01T00:00:00Z", "version")]
    [InlineData("diff", "from")]
    [InlineData("diff?from=-1", "from")]
    [InlineData("diff?from=1&to=soon", "to")]
    public async Task A_moment_that_is_none_is_refused_by_name(string query, string field)
    {
        using var answer = await _api.Http.GetAsync($"/api/admin/payments/{Guid.NewGuid()}/{query}", Cancel);

        var problem = await ProblemAssert.IsAsync(answer, HttpStatusCode.BadRequest, "invalid_request");
        Assert.NotNull(problem["errors"]![field]);
    }

    [Fact]
    public async Task What_was_never_there_is_not_found()
    {
        using var state = await _api.Http.GetAsync($"/api/admin/sagas/{Guid.NewGuid()}/state", Cancel);
        using var diff = await _api.Http.GetAsync($"/api/admin/wallets/{Guid.NewGuid()}/diff?from=1&to=2", Cancel);

        await ProblemAssert.IsAsync(state, HttpStatusCode.NotFound, "not_found");
        await ProblemAssert.IsAsync(diff, HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Read_models_are_listed_rebuilt_paused_and_resumed()
    {
        await Wait.UntilAsync(() => Find("payments", "payment_minutes") is not null && Find("wallets", "wallets") is not null, Deadline);

        Assert.Equal(HttpStatusCode.Accepted, await OrderAsync("wallets", "wallets", "rebuild"));
        await Wait.UntilAsync(() => Find("wallets", "wallets") is { } p && p["rebuild"] is null && p["rebuiltAt"] is not null, Deadline);

        Assert.Equal(HttpStatusCode.Accepted, await OrderAsync("payments", "payment_minutes", "pause"));
        await Wait.UntilAsync(() => (string?)Find("payments", "payment_minutes")!["state"] == "Paused", Deadline);
        Assert.Equal(HttpStatusCode.Accepted, await OrderAsync("payments", "payment_minutes", "resume"));
        await Wait.UntilAsync(() => (string?)Find("payments", "payment_minutes")!["state"] != "Paused", Deadline);

        Assert.Equal(HttpStatusCode.Conflict, await OrderAsync("wallets", "wallets", "pause"));
        Assert.Equal(HttpStatusCode.Conflict, await OrderAsync("sagas", "sagas", "cancel-rebuild"));
        Assert.Equal(HttpStatusCode.NotFound, await OrderAsync("sagas", "nothing", "rebuild"));
    }

    private async Task<HttpStatusCode> OrderAsync(string service, string name, string act)
    {
        using var answer = await _api.PostAsync($"/api/admin/{service}/projections/{name}/{act}", "{}", Api.Fresh("key"));
        return answer.StatusCode;
    }

    private JsonNode? Find(string service, string name) => _api.GetJsonAsync($"/api/admin/{service}/projections").GetAwaiter().GetResult()
        .AsArray().FirstOrDefault(p => (string?)p!["name"] == name);
}
