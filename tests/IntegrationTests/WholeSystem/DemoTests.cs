using IntegrationTests.Tools;

namespace IntegrationTests.WholeSystem;

/// <summary><c>./payments demo</c>, as a process of its own against a platform that runs.</summary>
[Collection(WholeSystemTests.Name)]
public sealed class DemoTests(PlatformFixture fixture)
{
    [Fact]
    public async Task A_calm_day_in_the_town_is_real_traffic_of_every_kind()
    {
        var before = await fixture.Api.GetJsonAsync("/api/admin/payments/overview");

        var (exitCode, output, errors) = await ToolProcess.RunAsync(
            Path.GetTempPath(),
            "demo", "--calm", "--payments", "60", "--rate", "100", "--seed", "7", "--gateway", fixture.Platform.Gateway.ToString());

        Assert.True(exitCode == 0, output + errors);
        Assert.Contains("39 people, 12 shops.", output, StringComparison.Ordinal);
        var after = await fixture.Api.GetJsonAsync("/api/admin/payments/overview");
        var requested = Requests(after) - Requests(before);
        Assert.InRange(requested, 35, 60);
        var newest = (await fixture.Api.GetJsonAsync("/api/payments?limit=50"))["items"]!.AsArray();
        Assert.Contains(newest, payment => (string)payment!["method"]! == "card");
        Assert.Contains(newest, payment => (string)payment!["method"]! == "wallet");
    }

    [Fact]
    public async Task Without_a_platform_it_says_what_to_do()
    {
        var (exitCode, _, errors) = await ToolProcess.RunAsync(Path.GetTempPath(), "demo", "--gateway", "http://127.0.0.1:9");

        Assert.Equal(2, exitCode);
        Assert.Contains("./payments run", errors, StringComparison.Ordinal);
    }

    private static long Requests(System.Text.Json.Nodes.JsonNode overview) =>
        (long)overview["pending"]! + (long)overview["completed"]! + (long)overview["failed"]!;
}
