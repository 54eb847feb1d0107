using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using IntegrationTests.Gateway;
using IntegrationTests.Replays;
using IntegrationTests.Wallets;
using Npgsql;
using Payments.Domain.Wallets;
using Payments.Messaging.DeadLetters.Replays;
using Payments.ServiceDefaults.Callers;

namespace IntegrationTests.Operators;

/// <summary>What is about much is not done before a second person agrees; on a wallet service that runs.</summary>
public sealed class FourEyesTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const string Admin = "/api/admin/wallets";

    private WalletPlatform _platform = null!;
    private ReplayStage<Wallet, WalletEvent> _stage = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _platform = await WalletPlatform.StartAsync(postgres, "FourEyes:AmountFrom=10", "FourEyes:CountFrom=3");
        _stage = WalletLetters.Stage(_platform.Database);
    }

    public async ValueTask DisposeAsync()
    {
        await _stage.DisposeAsync();
        await _platform.DisposeAsync();
    }

    [Fact]
    public async Task An_order_about_much_waits_and_is_done_once_when_somebody_else_sends_the_same()
    {
        var wallet = await _platform.Api.OpenWalletAsync();
        var path = $"{Admin}/{wallet}/overdraft";
        var order = new { limit = 5_000, reason = "a good customer" };

        var asked = await AcceptedAsync(path, order, "anna", "k-1");
        var repeated = await AcceptedAsync(path, order, "anna", "k-1");
        Assert.Equal((string)asked["id"]!, (string)repeated["id"]!);
        Assert.Equal(0, (await _platform.Api.WalletAsync(wallet)).Overdraft);
        Assert.Equal(
            ("wallet-overdraft", $"wallet/{wallet}", "anna", "waiting", """[{"currency":"EUR","amount":5000}]"""),
            ((string)asked["act"]!, (string)asked["subject"]!, (string)asked["askedBy"]!, (string)asked["status"]!,
                asked["money"]!.ToJsonString()));

        var id = (string)asked["id"]!;
        await RefusedAsync(path, order, "anna", id, id, HttpStatusCode.Forbidden, "own_order");
        await RefusedAsync(path, order, "bot/anna", id, id, HttpStatusCode.Forbidden, "approver_not_signed_in");
        await RefusedAsync(
            path, new { limit = 6_000, reason = "a good customer" }, "ben", id, id, HttpStatusCode.Conflict, "another_order");
        await RefusedAsync(path, order, "ben", "another-key", id, HttpStatusCode.BadRequest, "invalid_request");
        await RefusedAsync(path, order, "", id, id, HttpStatusCode.BadRequest, "invalid_request"); // Nobody is no second person.
        Assert.Equal(0, (await _platform.Api.WalletAsync(wallet)).Overdraft);

        foreach (var _ in new[] { "first", "again" })
        {
            using var done = await SendAsync(path, order, "ben", id, id);
            Assert.Equal(HttpStatusCode.OK, done.StatusCode);
        }

        Assert.Equal(5_000, (await _platform.Api.WalletAsync(wallet)).Overdraft);
        await RefusedAsync(path, order, "cleo", id, id, HttpStatusCode.Conflict, "approval_approved");

        // Not even whoever has approved can send it when its key may be forgotten soon.
        await using (var database = NpgsqlDataSource.Create(_platform.Database))
        {
            await using var age = database.CreateCommand("update approvals set expires_at = now(); delete from claims");
            await age.ExecuteNonQueryAsync(Cancel);
        }

        await RefusedAsync(path, order, "ben", id, id, HttpStatusCode.Conflict, "approval_expired");
        var trail = (await GetAsync("/audit"))["items"]!.AsArray();
        Assert.Equal(
            [("wallet-overdraft", "anna (approved by ben)"), ("approval-approved", "ben"), ("approval-asked", "anna")],
            trail.Select(a => ((string)a!["act"]!, (string)a["by"]!)));
        Assert.Equal((string)asked["hash"]!, (string)trail[1]!["after"]!["hash"]!);
        Assert.Equal((0, 5_000), ((int)trail[0]!["before"]!["overdraft"]!, (int)trail[0]!["after"]!["overdraft"]!));
    }

    [Fact]
    public async Task What_is_declined_or_about_little_needs_nobody_else()
    {
        var wallet = await _platform.Api.OpenWalletAsync();
        var path = $"{Admin}/{wallet}/overdraft";
        using var little = await SendAsync(path, new { limit = 999, reason = "a little" }, "anna", "k-2");
        Assert.Equal(HttpStatusCode.OK, little.StatusCode);

        var order = new { limit = 1_000, reason = "just enough" };
        var id = (string)(await AcceptedAsync(path, order, "anna", "k-3"))["id"]!;
        using var declined = await SendAsync($"{Admin}/approvals/{id}/decline", new { reason = "too much for him" }, "ben", "k-4");
        Assert.Equal(HttpStatusCode.OK, declined.StatusCode);

        await RefusedAsync(path, order, "cleo", id, id, HttpStatusCode.Conflict, "approval_declined");
        Assert.Equal(999, (await _platform.Api.WalletAsync(wallet)).Overdraft);
        Assert.Empty((await GetAsync("/approvals?status=waiting"))["items"]!.AsArray());
    }

    [Fact]
    public async Task Of_two_who_agree_in_the_same_moment_one_has_it_done_and_it_is_done_once()
    {
        var wallet = await _platform.Api.OpenWalletAsync();
        var path = $"{Admin}/{wallet}/overdraft";
        var order = new { limit = 2_000, reason = "both at once" };
        var id = (string)(await AcceptedAsync(path, order, "anna", "k-5"))["id"]!;

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => SendAsync(path, order, $"second-{i}", id, id)));

        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.OK);
        Assert.Equal(7, answers.Count(a => a.StatusCode == HttpStatusCode.Conflict));
        Assert.Equal(2, (await _platform.Api.WalletAsync(wallet)).Version);
    }

    [Fact]
    public async Task An_edit_and_a_discard_of_a_dead_letter_about_much_wait_too()
    {
        var wallet = (await _stage.OpenAsync(1))[0];
        var credit = WalletLetters.Credit(wallet, 1_500);
        await _stage.ParkAsync(credit.Dead(_stage.Consumer.Name, new("Bug", "It fails.", null, false)));
        var letter = (long)Assert.Single((await GetAsync("/dead-letters"))["items"]!.AsArray())!["id"]!;

        var edit = new { payload = JsonNode.Parse(credit.Data.Span), reason = "as it was", revision = 1 };
        var asked = await AcceptedAsync($"{Admin}/dead-letters/{letter}/edit", edit, "anna", "k-6");
        var id = (string)asked["id"]!;

        // The console sends what it was given, word for word.
        using var done = await SendAsync((string)asked["path"]!, asked["body"]!, "ben", id, id);
        Assert.Equal(HttpStatusCode.OK, done.StatusCode);

        await AcceptedAsync($"{Admin}/dead-letters/{letter}/discard", new { reason = "not wanted", revision = 2 }, "anna", "k-7");
        var acts = (await GetAsync($"/dead-letters/{letter}"))["acts"]!.AsArray();
        Assert.Equal(("edit", "anna (approved by ben)"), ((string)acts[0]!["act"]!, (string)acts[0]!["by"]!));
        Assert.Equal("dead", (string)(await GetAsync($"/dead-letters/{letter}"))["letter"]!["status"]!);
    }

    [Fact]
    public async Task A_replay_of_many_waits_with_its_frozen_selection_and_its_hash_is_in_the_trail()
    {
        var wallets = await _stage.OpenAsync(3);
        foreach (var wallet in wallets)
        {
            await _stage.ParkAsync(WalletLetters.Credit(wallet, 50).Dead(_stage.Consumer.Name, new("Bug", "It failed.", null, false)));
        }

        var order = new { selection = new { filter = new { } }, reason = "mended, so again" };
        var replay = await AcceptedAsync($"{Admin}/replays", order, "shop/anna", "k-8");
        Assert.Equal(("awaiting-approval", 3), ((string)replay["status"]!, (int)replay["total"]!));
        var path = $"{Admin}/replays/{replay["id"]}";
        var waiting = Assert.Single((await GetAsync("/approvals?status=waiting"))["items"]!.AsArray())!;
        Assert.Equal(("replay", $"{path}/approve"), ((string)waiting["kind"]!, (string)waiting["path"]!));

        var agreed = new { reason = "looked at it", selectionHash = (string)replay["selectionHash"]! };
        await RefusedAsync(
            $"{path}/resume", new { reason = "around it" }, "ben", "k-9", null, HttpStatusCode.Conflict, "replay_awaiting_approval");
        await RefusedAsync($"{path}/approve", agreed, "shop/ben", "k-10", null, HttpStatusCode.Forbidden, "own_order");
        await RefusedAsync($"{path}/approve", agreed, "bot/ben", "k-13", null, HttpStatusCode.Forbidden, "approver_not_signed_in");
        await RefusedAsync(
            $"{path}/approve",
            new { reason = "blindly", selectionHash = "0" },
            "ben",
            "k-11",
            null,
            HttpStatusCode.BadRequest,
            "invalid_request");
        using var approved = await SendAsync($"{path}/approve", agreed, "ben", "k-12");
        Assert.Equal(HttpStatusCode.OK, approved.StatusCode);

        await _stage.UntilAsync((Guid)replay["id"]!, Replay.Done);
        var trail = (await GetAsync("/audit"))["items"]!.AsArray();
        Assert.Equal(3, trail.Count(a => (string)a!["act"]! == "replay" && (string)a["by"]! == "shop/anna (approved by ben)"));
        Assert.Equal(
            (string)replay["selectionHash"]!,
            (string)trail.Single(a => (string)a!["act"]! == "replay-approved")!["after"]!["selectionHash"]!);
    }

    [Fact]
    public async Task Whoever_changes_the_trail_cuts_it_or_leaves_an_entry_out_is_found_out()
    {
        var wallet = await _platform.Api.OpenWalletAsync();
        foreach (var i in Enumerable.Range(1, 5))
        {
            using var done = await SendAsync($"{Admin}/{wallet}/overdraft", new { limit = i, reason = "step by step" }, "anna", $"k-{i}");
            Assert.Equal(HttpStatusCode.OK, done.StatusCode);
        }

        Assert.Equal((true, 5), Verdict(await GetAsync("/audit/verify")));
        await using var database = NpgsqlDataSource.Create(_platform.Database);
        await using var untamed = database.CreateCommand("alter table operator_acts disable trigger operator_acts_are_kept");
        await untamed.ExecuteNonQueryAsync(Cancel);
        foreach (var (tamper, broken) in new[]
        {
            ("update operator_acts set reason = 'another' where seq = 4", 4),
            ("delete from operator_acts where seq >= 4", 4),
            ("delete from operator_acts where seq = 2", 2),
        })
        {
            await using var command = database.CreateCommand(tamper);
            await command.ExecuteNonQueryAsync(Cancel);
            var verdict = await GetAsync("/audit/verify");
            Assert.Equal((false, broken), ((bool)verdict["intact"]!, (int)verdict["broken"]!));
        }
    }

    private static (bool Intact, int Checked) Verdict(JsonNode verdict) => ((bool)verdict["intact"]!, (int)verdict["checked"]!);

    private Task<JsonNode> GetAsync(string target) => _platform.Api.GetJsonAsync(Admin + target);

    private async Task<JsonNode> AcceptedAsync(string path, object body, string person, string key)
    {
        using var response = await SendAsync(path, body, person, key);
        var text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True(response.StatusCode == HttpStatusCode.Accepted, $"{(int)response.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }

    private async Task RefusedAsync(
        string path, object body, string person, string key, string? approval, HttpStatusCode status, string code)
    {
        using var response = await SendAsync(path, body, person, key, approval);
        await ProblemAssert.IsAsync(response, status, code);
    }

    // As the gateway tells it of somebody who has signed in; "shop/anna" is whom the API client shop names.
    private Task<HttpResponseMessage> SendAsync(string path, object body, string person, string key, string? approval = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json"),
            Headers = { { PlatformHeaders.IdempotencyKey, key } },
        };
        var (client, name) = person.Split('/') is [var shop, var named] ? (shop, named) : (CallerIdentity.SignedIn, person);
        request.Headers.Add(PlatformHeaders.ClientId, client);
        if (name.Length > 0)
        {
            request.Headers.Add(PlatformHeaders.Operator, name);
        }

        if (approval is not null)
        {
            request.Headers.Add(PlatformHeaders.Approval, approval);
        }

        return _platform.Api.Http.SendAsync(request, Cancel);
    }
}
