using System.Net;
using System.Text.Json.Nodes;
using IntegrationTests.Gateway;
using IntegrationTests.Standalone;

namespace IntegrationTests.WholeSystem;

/// <summary>
/// What an operator asks and orders through the gateway: states of the past, what changed between two, and the read models.
/// </summary>
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

    [Fact]
    public async Task An_order_about_a_read_model_has_a_reason_is_done_once_for_a_key_and_is_on_record()
    {
        const string Target = "/api/admin/payments/projections/payment_minutes/rebuild";
        await Wait.UntilAsync(() => Find("payments", "payment_minutes") is { } p && p["rebuild"] is null, Deadline);
        var before = (string?)Find("payments", "payment_minutes")!["rebuiltAt"];
        using var unfounded = await _api.PostAsync(Target, """{"reason":"no"}""", Api.Fresh("key"));
        using var keyless = await _api.PostAsync(Target, """{"reason":"to be sure"}""", null);
        var key = Api.Fresh("key");
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(async _ =>
        {
            using var answer = await _api.PostAsync(Target, """{"reason":"to be sure"}""", key);
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancel));
        }));

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.BadRequest), (unfounded.StatusCode, keyless.StatusCode));
        Assert.Equal(
            (HttpStatusCode.Accepted, """{"projection":"payment_minutes","act":"projection-rebuild-ordered"}"""),
            Assert.Single(answers.Distinct()));
        await Wait.UntilAsync(() => (string?)Find("payments", "payment_minutes")!["rebuiltAt"] != before, Deadline);
        using var again = await _api.PostAsync(Target, """{"reason":"to be sure"}""", key);
        Assert.Equal(HttpStatusCode.Accepted, again.StatusCode);
        Assert.Null(Find("payments", "payment_minutes")!["rebuild"]);
        using var other = await _api.PostAsync(Target, """{"reason":"another one"}""", key);
        await ProblemAssert.IsAsync(other, HttpStatusCode.UnprocessableEntity, "idempotency_key_reused");
        var act = Assert.Single(
            (await _api.GetJsonAsync("/api/admin/payments/dead-letters/acts?act=projection-rebuild-ordered"))["items"]!.AsArray(),
            a => (string?)a!["reason"] == "to be sure")!;
        Assert.Equal("payment_minutes", (string?)act["after"]!["projection"]);
    }

    [Fact]
    public async Task Payments_that_failed_are_counted_by_their_code_and_listed_by_it()
    {
        var (rich, poor) = (await _api.OpenWalletWithAsync(10_000), await _api.OpenWalletAsync());
        var failed = new List<Guid>();
        for (var i = 0; i < 3; i++)
        {
            using var answer = await _api.PostAsync(
                "/api/payments",
                $$"""{"method":"wallet","payerWalletId":"{{poor}}","payeeWalletId":"{{rich}}","amount":{{100 + i}},"currency":"EUR"}""",
                Api.Fresh("key"));
            failed.Add((Guid)JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!["paymentId"]!);
            Assert.Equal("insufficient_funds", (string?)(await _api.GetJsonAsync($"/api/payments/{failed[^1]}?wait=20s"))["failureCode"]);
        }

        var counts = await _api.GetJsonAsync("/api/admin/payments/failures?minutes=5");
        var item = Assert.Single(counts["items"]!.AsArray(), i => (string?)i!["code"] == "insufficient_funds")!;
        Assert.Equal("wallet", (string?)item["method"]);
        Assert.True((long)item["count"]! >= 3 && (long)counts["failed"]! >= 3, counts.ToJsonString());
        var listed = await _api.GetJsonAsync($"/api/payments?failureCode=insufficient_funds&status=failed&walletId={poor}&limit=2");
        Assert.Equal([failed[2], failed[1]], listed["items"]!.AsArray().Select(p => (Guid)p!["paymentId"]!));
        var rest = await _api.GetJsonAsync($"/api/payments?failureCode=insufficient_funds&walletId={poor}&after={listed["next"]}");
        Assert.Equal([failed[0]], rest["items"]!.AsArray().Select(p => (Guid)p!["paymentId"]!));
        Assert.Empty((await _api.GetJsonAsync($"/api/payments?failureCode=card_declined&walletId={poor}"))["items"]!.AsArray());
    }

    [Theory]
    [InlineData("/api/payments?failureCode=Robert'); drop table payments", "failureCode")]
    [InlineData("/api/admin/payments/failures?minutes=0", "minutes")]
    [InlineData("/api/admin/payments/failures?minutes=soon", "minutes")]
    [InlineData("/api/admin/sagas?definition=none", "definition")]
    [InlineData("/api/admin/sagas?search=x", "search")]
    [InlineData("/api/admin/sagas?sort=risk", "sort")]
    public async Task What_is_asked_wrongly_is_refused_by_name(string target, string field)
    {
        using var answer = await _api.Http.GetAsync(new Uri(target, UriKind.Relative), Cancel);

        var problem = await ProblemAssert.IsAsync(answer, HttpStatusCode.BadRequest, "invalid_request");
        Assert.NotNull(problem["errors"]![field]);
    }

    [Fact]
    public async Task A_consumer_that_is_paused_takes_nothing_and_goes_on_when_it_is_resumed()
    {
        var (payer, payee) = (await _api.OpenWalletWithAsync(10_000), await _api.OpenWalletAsync());
        await Wait.UntilAsync(() => Consumer()["partitions"]!.AsArray().Count == 6 && (string?)Consumer()["state"] == "running", Deadline);

        using (var paused = await SteerAsync("pause", "a test"))
        {
            Assert.Equal(HttpStatusCode.OK, paused.StatusCode);
        }

        using (var twice = await SteerAsync("pause", "again"))
        {
            await ProblemAssert.IsAsync(twice, HttpStatusCode.Conflict, "consumer_paused");
        }

        await Wait.UntilAsync(
            () => Consumer() is var c && (string?)c["state"] == "paused" && (string?)c["members"]![0]!["state"] == "paused",
            Deadline);
        using var asked = await _api.PostAsync(
            "/api/payments",
            $$"""{"method":"wallet","payerWalletId":"{{payer}}","payeeWalletId":"{{payee}}","amount":100,"currency":"EUR"}""",
            Api.Fresh("key"));
        var payment = (string?)JsonNode.Parse(await asked.Content.ReadAsStringAsync(Cancel))!["paymentId"];
        await Wait.UntilAsync(() => (long)Consumer()["lag"]! >= 1, Deadline);
        Assert.Equal("pending", (string?)(await _api.GetJsonAsync($"/api/payments/{payment}"))["status"]);

        using (var resumed = await SteerAsync("resume", "seen enough"))
        {
            Assert.Equal(HttpStatusCode.OK, resumed.StatusCode);
        }

        Assert.Equal("completed", (string?)(await _api.GetJsonAsync($"/api/payments/{payment}?wait=30s"))["status"]);
        await Wait.UntilAsync(
            () => Consumer() is var c && (long)c["lag"]! == 0 && (string?)c["state"] == "running" && c["handledAt"] is not null,
            Deadline);
        using (var running = await SteerAsync("resume", "again"))
        {
            await ProblemAssert.IsAsync(running, HttpStatusCode.Conflict, "consumer_running");
        }

        var acts = (await _api.GetJsonAsync("/api/admin/wallets/dead-letters/acts"))["items"]!.AsArray();
        Assert.Equal(
            ["consumer-resumed seen enough", "consumer-paused a test"],
            acts.Where(a => ((string)a!["act"]!).StartsWith("consumer-", StringComparison.Ordinal)).Take(2)
                .Select(a => $"{a!["act"]} {a["reason"]}"));
    }

    [Fact]
    public async Task Settings_are_shown_without_a_secret_and_the_doors_own_only_to_operators()
    {
        foreach (var service in new[] { "payments", "wallets", "sagas" })
        {
            var settings = await _api.GetJsonAsync($"/api/admin/{service}/settings");
            Assert.Equal(
                (service, "Development", "single"),
                ((string)settings["service"]!, (string)settings["environment"]!, (string)settings["splitPhase"]!));
            Assert.Contains(
                settings["groups"]!.AsArray().SelectMany(g => g!["settings"]!.AsArray()),
                s => s!.ToJsonString() == """{"name":"Retries:AttemptsMax","value":"12"}""");
            Assert.Contains(settings["checks"]!.AsArray(), c => (string?)c!["name"] == "invariant-readers-keep-up");
            Assert.DoesNotContain("assword", settings.ToJsonString(), StringComparison.Ordinal);
            Assert.DoesNotContain("127.0.0.1", settings.ToJsonString(), StringComparison.Ordinal);
        }

        var door = await _api.GetJsonAsync("/api/admin/gateway/settings");
        Assert.Equal(["card-processor", "payment", "saga", "wallet"], door["instances"]!.AsArray().Select(i => (string)i!["service"]!));
        using var nobody = await new HttpClient { BaseAddress = _api.Http.BaseAddress }.GetAsync("/api/admin/gateway/settings", Cancel);
        await ProblemAssert.IsAsync(nobody, HttpStatusCode.Unauthorized, "missing_api_key");
    }

    [Fact]
    public async Task The_faults_of_the_card_processor_are_set_through_the_gateway()
    {
        using var set = await _api.PostAsync("/api/admin/cards/faults", """{"latencyMs":3}""", Api.Fresh("key"));
        Assert.Equal(3, (int)JsonNode.Parse(await set.Content.ReadAsStringAsync(Cancel))!["latencyMs"]!);
        Assert.Equal(3, (int)(await _api.GetJsonAsync("/api/admin/cards/faults"))["latencyMs"]!);
        using var wrong = await _api.PostAsync("/api/admin/cards/faults", """{"declinePercent":101}""", Api.Fresh("key"));
        var problem = await ProblemAssert.IsAsync(wrong, HttpStatusCode.BadRequest, "invalid_request");
        Assert.NotNull(problem["errors"]!["declinePercent"]);
        using var cleared = await _api.Http.DeleteAsync("/api/admin/cards/faults", Cancel);
        Assert.Equal(0, (int)JsonNode.Parse(await cleared.Content.ReadAsStringAsync(Cancel))!["latencyMs"]!);
    }

    private JsonNode Consumer() => _api.GetJsonAsync("/api/admin/wallets/consumers").GetAwaiter().GetResult();

    private Task<HttpResponseMessage> SteerAsync(string act, string reason) =>
        _api.PostAsync($"/api/admin/wallets/consumers/{act}", $$"""{"reason":"{{reason}}"}""", Api.Fresh("key"));

    private async Task<HttpStatusCode> OrderAsync(string service, string name, string act)
    {
        using var answer = await _api.PostAsync(
            $"/api/admin/{service}/projections/{name}/{act}", """{"reason":"a test"}""", Api.Fresh("key"));
        return answer.StatusCode;
    }

    private JsonNode? Find(string service, string name) => _api.GetJsonAsync($"/api/admin/{service}/projections").GetAwaiter().GetResult()
        .AsArray().FirstOrDefault(p => (string?)p!["name"] == name);
}
