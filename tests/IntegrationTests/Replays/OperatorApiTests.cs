using System.Net;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using IntegrationTests.Gateway;
using IntegrationTests.Wallets;
using IntegrationTests.WholeSystem;
using Payments.Domain.Wallets;
using Payments.EventStore.Contract;
using Payments.Messaging.DeadLetters;
using Payments.Messaging.DeadLetters.Replays;
using Payments.Messaging.Topics;

namespace IntegrationTests.Replays;

/// <summary>The API that operators have for dead letters, on a wallet service that runs.</summary>
public sealed class OperatorApiTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const string Admin = "/api/admin/wallets";

    private SenderStandIn _sender = null!;
    private WalletPlatform _platform = null!;
    private ReplayStage<Wallet, WalletEvent> _stage = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Consumer => _stage.Consumer.Name;

    private HttpClient Http => _platform.Api.Http;

    public async ValueTask InitializeAsync()
    {
        // One person is enough here; FourEyesTests are about two.
        _sender = await SenderStandIn.StartAsync();
        _platform = await WalletPlatform.StartAsync(postgres, "FourEyes:Required=false", $"services:saga:http:0={_sender.Url}");
        _stage = WalletLetters.Stage(_platform.Database);
    }

    public async ValueTask DisposeAsync()
    {
        await _stage.DisposeAsync();
        await _platform.DisposeAsync();
        await _sender.DisposeAsync();
    }

    [Fact]
    public async Task What_a_consumer_could_not_handle_is_listed_shown_mended_rehearsed_and_replayed()
    {
        var wallet = (await _stage.OpenAsync(1))[0];
        var hold = WalletLetters.Hold(wallet, 700);
        await _stage.ParkAsync(hold.Truncated().Dead(Consumer, new("WireFormatException", "It ends too early.", null, true)));
        await _stage.ParkAsync(WalletLetters.Credit(wallet, 50).Waiting(Consumer), WalletLetters.Credit(wallet, 60).Waiting(Consumer));

        var listed = Assert.Single((await GetAsync("/dead-letters"))["items"]!.AsArray())!;
        var id = (long)listed["id"]!;
        Assert.Equal(
            ("command.wallet.hold-funds.v1", "WireFormatException", 2, $"wallet/{wallet}"),
            ((string)listed["messageType"]!, (string)listed["errorType"]!, (int)listed["waiting"]!, (string)listed["routingKey"]!));
        var group = Assert.Single((await GetAsync("/dead-letters/groups")).AsArray())!;
        Assert.Equal(
            (1, 2, """[{"currency":"EUR","amount":110}]"""),
            ((int)group["count"]!, (int)group["waiting"]!, group["money"]!.ToJsonString()));
        var parked = Assert.Single((await GetAsync("/dead-letters/parked"))["items"]!.AsArray())!;
        Assert.Equal((id, true, 2), ((long)parked["headId"]!, (bool)parked["isDead"]!, (int)parked["waiting"]!));

        // As it is, it would fail, and the others wait on.
        var selection = new { selection = new { ids = new[] { id } } };
        var failing = await PostAsync("/dead-letters/preview", selection);
        Assert.Equal(["fails", "waits", "waits"], Outcomes(failing));
        Assert.Equal(
            "still_failing", (string)Assert.Single((await PostAsync("/dead-letters/groups/verify", new { })).AsArray())!["verdict"]!);

        // Mended: the answer shows what has changed, and what it was stays readable.
        var whole = JsonNode.Parse(hold.Data.Span)!;
        var edited = await PostAsync($"/dead-letters/{id}/edit", new { payload = whole, reason = "the end was missing", revision = 1 });
        Assert.Equal((2, 700, "EUR"), ((int)edited["revision"]!, (int)edited["amount"]!, (string)edited["currency"]!));
        Assert.Contains(edited["lines"]!.AsArray(), l => (string)l!["op"]! == "-");
        var shown = await GetAsync($"/dead-letters/{id}");
        Assert.True(JsonNode.DeepEquals(whole, shown["payload"]!["json"]));
        Assert.Equal(Encoding.UTF8.GetString(hold.Truncated().Data.Span), (string)shown["original"]!["text"]!);
        Assert.Equal((2, 1), (shown["behind"]!.AsArray().Count, shown["edits"]!.AsArray().Count));
        Assert.Equal("edit", (string)Assert.Single(shown["acts"]!.AsArray())!["act"]!);

        // Now it would do this.
        var preview = await PostAsync("/dead-letters/preview", selection);
        Assert.Equal(["applies", "applies", "applies"], Outcomes(preview));
        Assert.Contains(
            preview["items"]![0]!["changes"]!.AsArray(),
            c => (string)c!["path"]! == "held.minor" && (long)c["before"]! == 0 && (long)c["after"]! == 700);
        Assert.Equal("fixed", (string)Assert.Single((await PostAsync("/dead-letters/groups/verify", new { })).AsArray())!["verdict"]!);

        var replay = await PostAsync(
            "/replays", new { selection = new { ids = new[] { id } }, reason = "mended, so again" }, HttpStatusCode.Accepted);
        await EndAsync(replay);
        await _stage.DrainedAsync();
        Assert.Equal(
            ["wallet.opened.v1", "wallet.deposited.v1", "wallet.funds-held.v1", "wallet.funds-credited.v1", "wallet.funds-credited.v1"],
            await _stage.QueryAsync<string>(
                "select event_type from events where stream_id = $1 order by stream_version", $"wallet/{wallet}"));
        Assert.Equal(
            [hold.Headers.Id],
            await _stage.QueryAsync<Guid>("select causation_id from events where event_type = 'wallet.funds-held.v1'"));
        Assert.Equal("replayed", (string)(await GetAsync($"/dead-letters/{id}"))["letter"]!["status"]!);
        Assert.Equal(
            ["replay", "replay-created", "edit"],
            (await GetAsync("/dead-letters/acts"))["items"]!.AsArray().Select(a => (string)a!["act"]!));
        Assert.Empty((await GetAsync("/dead-letters"))["items"]!.AsArray());
    }

    [Fact]
    public async Task A_request_sent_again_with_its_key_has_no_second_effect()
    {
        var wallets = await _stage.OpenAsync(20);
        await _stage.ParkAsync([.. wallets.Select(w => WalletLetters.Credit(w).Dead(Consumer))]);
        var body = JsonSerializer.Serialize(new { selection = new { filter = new { } }, reason = "all of them", startPaused = true });

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            using var answer = await _platform.Api.PostAsync($"{Admin}/replays", body, "once");
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
            return await answer.Content.ReadAsStringAsync(Cancel);
        }));

        var replay = JsonNode.Parse(Assert.Single(answers.Distinct()))!;
        Assert.Equal((20, "paused", 1), ((int)replay["total"]!, (string)replay["status"]!, (int)replay["stage"]!));
        Assert.Single((await GetAsync("/replays"))["items"]!.AsArray());
        Assert.Equal([1], await _stage.QueryAsync<long>("select count(*) from replays"));

        var resumed = await PostAsync($"/replays/{replay["id"]}/resume", new { reason = "go ahead" });
        Assert.Equal("running", (string)resumed["status"]!);
        await EndAsync(replay);
        Assert.Equal([20], await _stage.QueryAsync<long>("select count(*) from events where event_type = 'wallet.funds-credited.v1'"));
        await RefusedAsync($"/replays/{replay["id"]}/pause", new { reason = "too late" }, HttpStatusCode.Conflict, "replay_done");
    }

    [Fact]
    public async Task One_dead_letter_is_discarded_once_and_what_waits_behind_it_goes_on()
    {
        var wallet = (await _stage.OpenAsync(1))[0];
        await _stage.ParkAsync(WalletLetters.Credit(Guid.CreateVersion7(), 1).Dead(Consumer));
        await _stage.ParkAsync(WalletLetters.Credit(wallet, 2).Dead(Consumer), WalletLetters.Credit(wallet, 3).Waiting(Consumer));

        await RefusedAsync(
            "/dead-letters/2/discard", new { reason = "seen before", revision = 7 }, HttpStatusCode.Conflict, "dead_letter_changed");
        var done = await PostAsync("/dead-letters/2/discard", new { reason = "not wanted" });
        await _stage.DrainedAsync();

        Assert.Equal(("discarded", 2), ((string)done["status"]!, (int)done["revision"]!));
        Assert.Equal(
            ["3"],
            await _stage.QueryAsync<string>(
                "select data #>> '{amount,minor}' from events where event_type = 'wallet.funds-credited.v1'"));
        await RefusedAsync("/dead-letters/2/discard", new { reason = "once more" }, HttpStatusCode.NotFound, "not_found");
        var act = Assert.Single((await GetAsync("/dead-letters/acts?messageId=2"))["items"]!.AsArray())!;
        Assert.Equal(("discard", "not wanted", "internal/ada"), ((string)act["act"]!, (string)act["reason"]!, (string)act["by"]!));
        Assert.Equal("dead", (string)act["before"]!["status"]!);
    }

    [Fact]
    public async Task Progress_is_told_as_it_happens()
    {
        var wallets = await _stage.OpenAsync(120);
        await _stage.ParkAsync([.. wallets.Select(w => WalletLetters.Credit(w).Dead(Consumer))]);
        var replay = await PostAsync(
            "/replays", new { selection = new { filter = new { } }, reason = "slowly", ratePerSecond = 60 }, HttpStatusCode.Accepted);

        await using var stream = await Http.GetStreamAsync($"{Admin}/replays/{replay["id"]}/progress", Cancel);
        var told = new List<(string Type, int Applied)>();
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(Cancel))
        {
            told.Add((item.EventType, (int)JsonNode.Parse(item.Data)!["applied"]!));
        }

        Assert.Equal(("end", 120), told[^1]);
        Assert.All(told.SkipLast(1), t => Assert.Equal("progress", t.Type));
        Assert.True(told.Count >= 4, $"Only {told.Count} steps.");
        Assert.Equal(told.Select(t => t.Applied).Order(), told.Select(t => t.Applied));
    }

    [Fact]
    public async Task An_edit_that_the_consumer_does_not_understand_or_that_is_about_something_else_is_refused()
    {
        var wallet = (await _stage.OpenAsync(1))[0];
        var credit = WalletLetters.Credit(wallet);
        await _stage.ParkAsync(credit.Dead(Consumer), Letters.Unreadable(Consumer, PlatformTopics.WalletCommands, [1, 2, 3]));

        await InvalidAsync("/dead-letters/1/edit", new { payload = new { nonsense = true }, reason = "trying" }, "payload");
        var other = JsonNode.Parse(WalletLetters.Credit(Guid.CreateVersion7()).Data.Span);
        await RefusedAsync(
            "/dead-letters/1/edit", new { payload = other, reason = "trying" }, HttpStatusCode.UnprocessableEntity, "edit_changes_money");
        await RefusedAsync(
            "/dead-letters/2/edit", new { payload = new { }, reason = "trying" }, HttpStatusCode.UnprocessableEntity, "unreadable");
        Assert.Equal([1, 1], await _stage.QueryAsync<long>("select revision from parked_messages order by id"));
        Assert.Equal("AQID", (string)(await GetAsync("/dead-letters/2"))["payload"]!["base64"]!);
    }

    /// <summary>One person could give a payee 999.99 of a payment of 0.10, and every book agreed with itself.</summary>
    [Theory]
    [InlineData("amount.minor", "99999")]
    [InlineData("amount.currency", "\"USD\"")]
    [InlineData("fee.minor", "1")]
    [InlineData("operation", "\"0198c0de-0000-7000-8000-000000000001\"")]
    [InlineData("wallet", "\"0198c0de-0000-7000-8000-000000000002\"")]
    [InlineData("payer", "\"0198c0de-0000-7000-8000-000000000003\"")]
    public async Task An_edit_that_changes_what_the_money_is_is_refused_and_the_member_is_named(string member, string value)
    {
        var wallet = (await _stage.OpenAsync(1))[0];
        var credit = WalletLetters.Credit(wallet, 10);
        await _stage.ParkAsync(credit.Dead(Consumer), WalletLetters.Credit(wallet, 10).Truncated().Dead(Consumer));
        var payload = JsonNode.Parse(credit.Data.Span)!;
        var path = member.Split('.');
        (path.Length == 1 ? payload : payload[path[0]]!)[path[^1]] = JsonNode.Parse(value);

        await ChangesMoneyAsync("/dead-letters/1/edit", payload, member);
        Assert.Equal([1, 1], await _stage.QueryAsync<long>("select revision from parked_messages order by id"));
    }

    [Fact]
    public async Task What_came_in_pieces_is_held_against_the_log_of_its_sender_and_refused_where_that_does_not_know_it()
    {
        var wallet = (await _stage.OpenAsync(1))[0];
        var (known, unknown) = (WalletLetters.Credit(wallet, 10), WalletLetters.Credit(wallet, 20));
        await _stage.ParkAsync(known.Truncated().Dead(Consumer), unknown.Truncated().Dead(Consumer));
        Letters.Sent.Remove(unknown.Headers.Id, out _);

        var more = JsonNode.Parse(known.Data.Span)!;
        more["amount"]!["minor"] = 11;
        await ChangesMoneyAsync("/dead-letters/1/edit", more, "amount.minor");
        await RefusedAsync(
            "/dead-letters/2/edit",
            new { payload = JsonNode.Parse(unknown.Data.Span), reason = "trying" },
            HttpStatusCode.UnprocessableEntity,
            "edit_cannot_be_verified");
        await PostAsync("/dead-letters/1/edit", new { payload = JsonNode.Parse(known.Data.Span), reason = "the end was missing" });
    }

    [Fact]
    public async Task An_edit_that_was_saved_before_there_was_this_rule_fails_in_a_dry_run_and_in_a_replay()
    {
        var wallet = (await _stage.OpenAsync(1))[0];
        var credit = WalletLetters.Credit(wallet, 10);
        await _stage.ParkAsync(credit.Dead(Consumer));
        var letter = (await _stage.Letters.FindAsync(1, Cancel))!;
        var more = JsonNode.Parse(credit.Data.Span)!;
        more["amount"]!["minor"] = 99_999;
        await _stage.StoredAsync(new AppendUnit
        {
            Rows = [EditRow.Of(letter, Encoding.UTF8.GetBytes(more.ToJsonString()), DateTimeOffset.UtcNow, "ops/eve", "mended").ToRow()],
        });

        var preview = await PostAsync("/dead-letters/preview", new { selection = new { ids = new[] { 1 } } });
        Assert.Equal(["fails"], Outcomes(preview));
        Assert.Equal("edit_changes_money", (string)preview["items"]![0]!["failure"]!["type"]!);

        var replay = await _stage.StartAsync(new() { Ids = [1] });
        Assert.Equal(1, (await _stage.UntilAsync(replay, Replay.Done, Replay.Stopped)).Counts.Failed);
        Assert.Equal([0], await _stage.QueryAsync<long>("select count(*) from events where event_type = 'wallet.funds-credited.v1'"));
        Assert.Equal("edit_changes_money", (await _stage.QueryAsync<string>("select error_type from parked_messages"))[0]);
    }

    [Theory]
    [InlineData("/replays", """{"selection":{"ids":[1]},"reason":"no"}""", "reason")]
    [InlineData("/replays", """{"selection":{"ids":[1]}}""", "reason")]
    [InlineData("/replays", """{"reason":"because"}""", "selection")]
    [InlineData("/replays", """{"selection":{},"reason":"because"}""", "selection")]
    [InlineData("/replays", """{"selection":{"ids":[1],"group":"x"},"reason":"because"}""", "selection")]
    [InlineData("/replays", """{"selection":{"filter":{"who":"me"}},"reason":"because"}""", "selection.filter.who")]
    [InlineData("/replays", """{"selection":{"ids":[1]},"reason":"because","act":"undo"}""", "act")]
    [InlineData("/replays", """{"selection":{"ids":[1]},"reason":"because","ratePerSecond":0}""", "ratePerSecond")]
    [InlineData("/replays", """{"selection":{"ids":[1]},"reason":"because","stopAtPercent":101}""", "stopAtPercent")]
    [InlineData("/dead-letters/1/discard", """{"reason":""}""", "reason")]
    [InlineData("/dead-letters/1/edit", """{"reason":"because"}""", "payload")]
    [InlineData("/dead-letters/preview", """{"selection":{"ids":[]}}""", "selection.ids")]
    [InlineData("/dead-letters/groups/verify", """{"sample":21}""", "sample")]
    public async Task Bad_input_is_refused_by_the_name_of_the_field(string target, string body, string field)
    {
        using var answer = await _platform.Api.PostAsync(Admin + target, body, Api.Fresh("key"));
        var problem = await ProblemAssert.IsAsync(answer, HttpStatusCode.BadRequest, "invalid_request");
        Assert.Equal([field], problem["errors"]!.AsObject().Select(e => e.Key));
    }

    [Theory]
    [InlineData("/dead-letters?limit=0", "limit")]
    [InlineData("/dead-letters?status=new", "status")]
    [InlineData("/dead-letters?sort=age", "sort")]
    [InlineData("/dead-letters?after=x", "after")]
    [InlineData("/dead-letters?correlationId=x", "CorrelationId")]
    [InlineData("/dead-letters/acts?limit=x", "limit")]
    [InlineData("/replays?limit=501", "limit")]
    public async Task A_question_that_is_none_is_refused_by_name(string target, string field)
    {
        using var answer = await Http.GetAsync(Admin + target, Cancel);
        var problem = await ProblemAssert.IsAsync(answer, HttpStatusCode.BadRequest, "invalid_request");
        Assert.Equal([field], problem["errors"]!.AsObject().Select(e => e.Key));
    }

    [Fact]
    public async Task A_list_is_filtered_sorted_and_read_page_by_page()
    {
        var wallets = await _stage.OpenAsync(12);
        await _stage.ParkAsync([.. wallets.Select((w, i) => WalletLetters.Credit(w, 100 + ((i * 7) % 12)).Dead(
            Consumer, i % 3 == 0 ? new("wallet_frozen", "Wallet is frozen.", null, true) : null))]);

        Assert.Equal(Enumerable.Range(1, 12).Reverse().Select(i => (long)i), await AllIdsAsync("?limit=5"));
        var amounts = await AllAsync("?limit=5&sort=amount", i => (long)i["amount"]!);
        Assert.Equal(amounts.OrderDescending(), amounts);
        Assert.Equal(12, amounts.Distinct().Count());
        Assert.Equal([10, 7, 4, 1], await AllIdsAsync("?errorType=wallet_frozen"));
        Assert.Equal([10, 7, 4, 1], await AllIdsAsync("?text=IS%20FROZEN"));
        Assert.Equal(3, (await AllIdsAsync("?amountMin=105&amountMax=107")).Count);
        Assert.Empty(await AllIdsAsync("?currency=USD"));
        Assert.Empty(await AllIdsAsync("?failedUntil=2020-01-01T00:00:00Z"));
        Assert.Equal(2, (await GetAsync("/dead-letters/groups")).AsArray().Count);
        Assert.Equal("TimeoutException", (string)(await GetAsync("/dead-letters/groups")).AsArray()[0]!["errorType"]!); // The most money.
    }

    [Theory]
    [InlineData("""{"note":"\ud800"}""", true)]
    [InlineData("""{"\udc00":1}""", true)]
    [InlineData("""{"owner":"\ud800","reference":"\u0000","amount":1e999999}""", true)]
    [InlineData("\u0001\u0002", false)]
    public async Task A_payload_that_cannot_be_repeated_as_JSON_is_shown_all_the_same_and_can_be_mended(string payload, bool isText)
    {
        var wallet = (await _stage.OpenAsync(1))[0];
        var hold = WalletLetters.Hold(wallet, 700);
        var bad = hold with { Data = Encoding.UTF8.GetBytes(payload) };
        await _stage.ParkAsync(bad.Dead(Consumer, new("WireFormatException", "It is no command.", null, true)));
        var id = (long)Assert.Single((await GetAsync("/dead-letters"))["items"]!.AsArray())!["id"]!;

        var shown = (await GetAsync($"/dead-letters/{id}"))["payload"]!;
        Assert.Null(shown["json"]);
        Assert.Equal(isText ? payload : null, (string?)shown["text"]);
        Assert.Equal(wallet.ToString(), ((string)(await GetAsync($"/dead-letters/{id}/capsule"))["letter"]!["routingKey"]!).Split('/')[1]);
        Assert.Equal(["fails"], Outcomes(await PostAsync("/dead-letters/preview", new { selection = new { ids = new[] { id } } })));

        // A serialiser would mend it on its way, so it is written by hand.
        using var again = await _platform.Api.PostAsync(
            $"{Admin}/dead-letters/{id}/edit", """{"reason":"mended","payload":{"wallet":"\ud800"}}""", Api.Fresh("key"));
        var problem = await ProblemAssert.IsAsync(again, HttpStatusCode.BadRequest, "invalid_request");
        Assert.NotNull(problem["errors"]!["payload.wallet"]);

        var edited = await PostAsync(
            $"/dead-letters/{id}/edit", new { payload = JsonNode.Parse(hold.Data.Span)!, reason = "mended", revision = 1 });
        Assert.Contains(edited["lines"]!.AsArray(), line => (string)line!["op"]! == "-");
        Assert.Equal(isText ? payload : null, (string?)(await GetAsync($"/dead-letters/{id}"))["original"]!["text"]);
    }

    private async Task<List<long>> AllIdsAsync(string query) => await AllAsync(query, i => (long)i["id"]!);

    private async Task<List<long>> AllAsync(string query, Func<JsonNode, long> value)
    {
        var (all, next) = (new List<long>(), "");
        do
        {
            var page = await GetAsync($"/dead-letters{query}{next}");
            all.AddRange(page["items"]!.AsArray().Select(i => value(i!)));
            next = (string?)page["next"] is { } after ? $"&after={after}" : null;
        }
        while (next is not null);
        return all;
    }

    private static IEnumerable<string> Outcomes(JsonNode preview) => preview["items"]!.AsArray().Select(i => (string)i!["outcome"]!);

    private Task<Replay> EndAsync(JsonNode replay) => _stage.UntilAsync((Guid)replay["id"]!, Replay.Done);

    private Task<JsonNode> GetAsync(string target) => _platform.Api.GetJsonAsync(Admin + target);

    private async Task<JsonNode> PostAsync(string target, object body, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var response = await SendAsync(target, body);
        var text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True(response.StatusCode == expected, $"{(int)response.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }

    private async Task RefusedAsync(string target, object body, HttpStatusCode status, string code)
    {
        using var response = await SendAsync(target, body);
        await ProblemAssert.IsAsync(response, status, code);
    }

    private async Task ChangesMoneyAsync(string target, JsonNode payload, string member)
    {
        using var response = await SendAsync(target, new { payload, reason = "mended" });
        var problem = await ProblemAssert.IsAsync(response, HttpStatusCode.UnprocessableEntity, "edit_changes_money");
        Assert.NotNull(problem["errors"]![member]);
    }

    private async Task InvalidAsync(string target, object body, string field)
    {
        using var response = await SendAsync(target, body);
        var problem = await ProblemAssert.IsAsync(response, HttpStatusCode.BadRequest, "invalid_request");
        Assert.NotNull(problem["errors"]![field]);
    }

    private Task<HttpResponseMessage> SendAsync(string target, object body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Admin + target)
        {
            Content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json"),
            Headers = { { "Idempotency-Key", Api.Fresh("key") }, { "X-Operator", "ada" } },
        };
        return Http.SendAsync(request, Cancel);
    }
}
