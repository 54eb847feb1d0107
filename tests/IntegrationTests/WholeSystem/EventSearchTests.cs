using System.Net;
using System.Text.Json.Nodes;
using IntegrationTests.Gateway;

namespace IntegrationTests.WholeSystem;

/// <summary>What an operator finds in the logs of the services, through the gateway.</summary>
[Collection(WholeSystemTests.Name)]
public sealed class EventSearchTests(PlatformFixture fixture)
{
    private static readonly string[] Services = ["payments", "wallets", "sagas"];

    private readonly Api _api = fixture.Api;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_events_of_a_payment_are_found_in_all_logs_and_each_names_its_cause()
    {
        var payment = await PaidAsync(2_500);

        var found = new List<JsonNode>();
        foreach (var service in Services)
        {
            found.AddRange(await ItemsAsync($"/api/admin/{service}/events?correlationId={payment}&order=oldest"));
        }

        Assert.Equal(2, found.Count(e => (string?)e["service"] == "payments"));
        Assert.Equal(3, found.Count(e => (string?)e["service"] == "wallets"));
        Assert.Equal(9, found.Count(e => (string?)e["service"] == "sagas"));
        var ids = found.Select(e => (string)e["eventId"]!).ToHashSet();
        Assert.Equal("payment.requested.v1", (string?)Assert.Single(found, e => e["causationId"] is null)["type"]);
        Assert.All(found.Where(e => e["causationId"] is not null), e => Assert.Contains((string)e["causationId"]!, ids));
    }

    [Fact]
    public async Task A_search_by_stream_and_type_goes_on_from_page_to_page_newest_first()
    {
        var wallet = await _api.OpenWalletWithAsync(1_000);
        for (var i = 1; i <= 4; i++)
        {
            using var _ = await _api.PostAsync(
                $"/api/wallets/{wallet}/deposits", $$"""{"amount":{{i}},"currency":"EUR"}""", Api.Fresh("key"));
        }

        var search = $"/api/admin/wallets/events?stream=wallet/{wallet}&type=wallet.deposited.v1,wallet.frozen.v1&limit=2";
        var first = await _api.GetJsonAsync(search);
        var second = await _api.GetJsonAsync($"{search}&before={first["next"]}");
        var third = await _api.GetJsonAsync($"{search}&before={second["next"]}");

        Assert.Equal([(6, 4), (5, 3)], VersionsAndAmounts(first));
        Assert.Equal([(4, 2), (3, 1)], VersionsAndAmounts(second));
        Assert.Equal([(2, 1_000)], VersionsAndAmounts(third));
        Assert.Null(third["next"]);
        var some = await _api.GetJsonAsync($"/api/admin/wallets/events?stream=wallet/{wallet}&afterVersion=3&beforeVersion=6");
        Assert.Equal([(5, 3), (4, 2)], VersionsAndAmounts(some));
        Assert.Null(some["next"]);
    }

    [Fact]
    public async Task What_comes_later_is_followed_from_the_last_position()
    {
        var wallet = await _api.OpenWalletWithAsync(100);
        var before = (long)(await _api.GetJsonAsync("/api/admin/wallets/events?limit=1"))["lastPosition"]!;
        Assert.DoesNotContain(
            $"wallet/{wallet}",
            (await ItemsAsync($"/api/admin/wallets/events?after={before}&order=oldest")).Select(e => (string?)e["stream"]));

        using var _ = await _api.PostAsync($"/api/wallets/{wallet}/deposits", """{"amount":7,"currency":"EUR"}""", Api.Fresh("key"));

        var news = await ItemsAsync($"/api/admin/wallets/events?after={before}&stream=wallet/{wallet}&order=oldest");
        Assert.Equal("wallet.deposited.v1", (string?)Assert.Single(news)["type"]);
    }

    [Fact]
    public async Task A_time_range_takes_its_start_and_not_its_end()
    {
        var wallet = await _api.OpenWalletWithAsync(100);
        var events = await ItemsAsync($"/api/admin/wallets/events?stream=wallet/{wallet}&order=oldest");
        var (opened, deposited) = ((string)events[0]["recordedAt"]!, (string)events[1]["recordedAt"]!);

        Assert.NotEqual(opened, deposited);
        Assert.Equal("wallet.opened.v1", (string?)Assert.Single(await InAsync(opened, deposited))["type"]);
        Assert.Equal("wallet.deposited.v1", (string?)Assert.Single(await InAsync(deposited, "2100-01-01T00:00:00Z"))["type"]);

        Task<List<JsonNode>> InAsync(string from, string until) => ItemsAsync(
            $"/api/admin/wallets/events?stream=wallet/{wallet}&from={Uri.EscapeDataString(from)}&until={Uri.EscapeDataString(until)}");
    }

    [Fact]
    public async Task One_event_is_shown_with_all_of_its_envelope_and_what_is_beside_it_in_its_stream()
    {
        var wallet = await _api.OpenWalletWithAsync(100);
        var positions = (await ItemsAsync($"/api/admin/wallets/events?stream=wallet/{wallet}&order=oldest"))
            .Select(e => (long)e["position"]!)
            .ToList();

        var found = await _api.GetJsonAsync($"/api/admin/wallets/events/{positions[1]}");

        var e = found["event"]!;
        Assert.Equal(
            ("wallets", $"wallet/{wallet}", 2, "wallet.deposited.v1", 1, "dev", positions[0], null),
            ((string?)e["service"], (string?)e["stream"], (int)e["version"]!, (string?)e["type"], (int)e["schemaVersion"]!,
                (string?)e["actor"], (long)found["previousInStream"]!, (long?)found["nextInStream"]));
        Assert.Equal(100, (long)e["data"]!["amount"]!["minor"]!);
        Assert.True(Guid.TryParse((string?)e["eventId"], out _) && Guid.TryParse((string?)e["correlationId"], out _));
    }

    [Fact]
    public async Task The_token_of_a_card_is_in_no_event_and_in_no_state()
    {
        var payment = await _api.PayByCardAsync("tok_ok", await _api.OpenWalletAsync(), 500);
        await _api.EndOfAsync(payment);

        foreach (var path in new[]
        {
            $"payments/events?correlationId={payment}", $"sagas/events?correlationId={payment}", $"payments/{payment}/state",
            $"sagas/{payment}/state", $"sagas/{payment}/diff?from=0",
        })
        {
            var text = (await _api.GetJsonAsync($"/api/admin/{path}")).ToJsonString();
            Assert.Contains("\"token\":\"\\u2026\"", text, StringComparison.Ordinal);
            Assert.DoesNotContain("tok_ok", text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("stream=wallet", "stream")]
    [InlineData("stream=/x", "stream")]
    [InlineData("stream=wallet/%00", "stream")]
    [InlineData("streamType=%01", "streamType")]
    [InlineData("type=%00", "type")]
    [InlineData("correlationId=abc", "correlationId")]
    [InlineData("from=yesterday", "from")]
    [InlineData("until=soon", "until")]
    [InlineData("from=2026-02-01T00:00:00Z&until=2026-01-01T00:00:00Z", "from")]
    [InlineData("after=-1", "after")]
    [InlineData("after=99999999999999999999", "after")]
    [InlineData("after=7&before=7", "after")]
    [InlineData("before=x", "before")]
    [InlineData("beforeVersion=3", "beforeVersion")]
    [InlineData("stream=wallet/x&afterVersion=x", "afterVersion")]
    [InlineData("order=upwards", "order")]
    [InlineData("limit=501", "limit")]
    [InlineData("limit=0", "limit")]
    [InlineData("window=100001", "window")]
    public async Task What_makes_no_sense_is_refused_by_name(string query, string field)
    {
        using var answer = await _api.Http.GetAsync($"/api/admin/sagas/events?{query}", Cancel);

        var problem = await ProblemAssert.IsAsync(answer, HttpStatusCode.BadRequest, "invalid_request");
        Assert.NotNull(problem["errors"]![field]);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("999999999999")]
    public async Task A_position_without_an_event_is_not_found(string position)
    {
        using var answer = await _api.Http.GetAsync($"/api/admin/wallets/events/{position}", Cancel);

        await ProblemAssert.IsAsync(answer, HttpStatusCode.NotFound, "not_found");
    }

    [Theory]
    [InlineData("from=0001-01-01T00:00:00Z&until=9999-12-31T23:59:59Z")]
    [InlineData("after=9223372036854775806&before=9223372036854775807&order=oldest")]
    [InlineData("before=0")]
    [InlineData("stream=nothing/here")]
    [InlineData("type=&stream=&correlationId=&from=&until=&after=&before=&order=&limit=&window=&streamType=")]
    public async Task What_is_unusual_but_makes_sense_is_answered(string query)
    {
        var page = await _api.GetJsonAsync($"/api/admin/wallets/events?{query}");

        Assert.NotNull(page["items"]);
        Assert.True((long)page["lastPosition"]! >= 0);
    }

    private static IEnumerable<(int Version, long Amount)> VersionsAndAmounts(JsonNode page) =>
        page["items"]!.AsArray().Select(e => ((int)e!["version"]!, (long)e["data"]!["amount"]!["minor"]!));

    private async Task<List<JsonNode>> ItemsAsync(string path) => [.. (await _api.GetJsonAsync(path))["items"]!.AsArray().Select(e => e!)];

    private async Task<Guid> PaidAsync(long amount)
    {
        var (alice, bob) = (await _api.OpenWalletWithAsync(amount), await _api.OpenWalletAsync());
        return (await _api.EndOfAsync(await _api.PayAsync(alice, bob, amount))).PaymentId;
    }
}
