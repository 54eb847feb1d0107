using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using IntegrationTests.Gateway;
using Npgsql;
using Payments.ServiceDefaults.Callers;

namespace IntegrationTests.Operators;

/// <summary>Accounts, sessions and roles at the gateway, on PostgreSQL, in front of services that tell what they were told.</summary>
public sealed class SignInTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const string FirstPassword = "first-time-around";
    private const string OwnPassword = "correct horse battery";

    private GatewayFixture _gateway = null!;
    private string _database = "";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.CreateDatabaseAsync();
        _gateway = await StartAsync();
    }

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task The_first_admin_must_change_the_password_before_anything_else()
    {
        var first = await SignInAsync("admin", FirstPassword);
        Assert.Equal(("admin", "admin", true), ((string)first["name"]!, (string)first["role"]!, (bool)first["mustChangePassword"]!));
        using var tooEarly = await SendAsync(HttpMethod.Get, "/api/admin/sagas", Token(first));
        await ProblemAssert.IsAsync(tooEarly, HttpStatusCode.Forbidden, "password_change_required");

        await InvalidAsync(Token(first), new { current = FirstPassword, @new = "short" }, "new");
        await InvalidAsync(Token(first), new { current = FirstPassword, @new = "my name is admin" }, "new");
        await InvalidAsync(Token(first), new { current = FirstPassword, @new = FirstPassword }, "new");
        await InvalidAsync(Token(first), new { current = "not that one", @new = OwnPassword }, "current");
        var elsewhere = await SignInAsync("admin", FirstPassword);
        await ChangePasswordAsync(Token(first), FirstPassword, OwnPassword);

        using var opened = await SendAsync(HttpMethod.Get, "/api/admin/sagas", Token(first));
        using var ended = await SendAsync(HttpMethod.Get, "/api/admin/sagas", Token(elsewhere));
        using var old = await PostAsync("/api/operators/sign-in", new { name = "admin", password = FirstPassword });
        Assert.Equal(HttpStatusCode.OK, opened.StatusCode);
        await ProblemAssert.IsAsync(ended, HttpStatusCode.Unauthorized, "invalid_session");
        await ProblemAssert.IsAsync(old, HttpStatusCode.Unauthorized, "sign_in_refused");
    }

    [Fact]
    public async Task A_service_is_told_who_has_signed_in_and_with_what_role_and_nothing_that_the_caller_makes_up()
    {
        var admin = await AdminAsync();
        var olga = await MakeAsync(admin, "olga", "operator");

        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/admin/wallets/dead-letters/7/discard")
        {
            Headers =
            {
                Authorization = new AuthenticationHeaderValue("Bearer", olga),
            },
        };
        request.Headers.Add(PlatformHeaders.OperatorRole, "admin");
        request.Headers.Add(PlatformHeaders.Operator, "somebody-else");
        request.Headers.Add(PlatformHeaders.ClientId, "shop");
        using var response = await _gateway.Client.SendAsync(request, Cancel);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var seen = Assert.Single(_gateway.Wallet.Requests).Headers;
        Assert.Equal(
            ("operator", "olga", "operator"),
            (seen[PlatformHeaders.ClientId], seen[PlatformHeaders.Operator], seen[PlatformHeaders.OperatorRole]));
        Assert.DoesNotContain("Authorization", seen.Keys);
    }

    [Fact]
    public async Task An_operator_looks_at_payments_but_makes_none()
    {
        var token = await AdminAsync();

        using var look = await SendAsync(HttpMethod.Get, "/api/payments/7", token);
        using var pay = await SendAsync(HttpMethod.Post, "/api/payments", token);

        Assert.Equal(HttpStatusCode.OK, look.StatusCode);
        await ProblemAssert.IsAsync(pay, HttpStatusCode.Forbidden, "forbidden");
    }

    [Fact]
    public async Task Accounts_are_for_admins_and_the_last_admin_stays()
    {
        var admin = await AdminAsync();
        var vera = await MakeAsync(admin, "vera", "viewer");

        using var seen = await SendAsync(HttpMethod.Get, "/api/admin/operators", vera);
        using var refused = await SendAsync(
            HttpMethod.Post, "/api/admin/operators", vera, new { name = "eve", role = "admin", reason = "I want to" });
        using var again = await SendAsync(
            HttpMethod.Post, "/api/admin/operators", admin, new { name = "vera", role = "viewer", reason = "once more" });
        using var last = await SendAsync(HttpMethod.Post, "/api/admin/operators/admin/disable", admin, new { reason = "enough" });
        using var demoted = await SendAsync(
            HttpMethod.Post, "/api/admin/operators/admin/role", admin, new { role = "viewer", reason = "enough" });

        Assert.Equal(HttpStatusCode.OK, seen.StatusCode);
        await ProblemAssert.IsAsync(refused, HttpStatusCode.Forbidden, "role_missing");
        await ProblemAssert.IsAsync(again, HttpStatusCode.Conflict, "operator_exists");
        await ProblemAssert.IsAsync(last, HttpStatusCode.Conflict, "last_admin");
        await ProblemAssert.IsAsync(demoted, HttpStatusCode.Conflict, "last_admin");

        await OkAsync(SendAsync(HttpMethod.Post, "/api/admin/operators/vera/disable", admin, new { reason = "has left" }));
        using var gone = await SendAsync(HttpMethod.Get, "/api/operators/me", vera);
        await ProblemAssert.IsAsync(gone, HttpStatusCode.Unauthorized, "invalid_session");
    }

    [Theory]
    [InlineData("""{"name":"Ann","role":"viewer","reason":"because"}""", "name")]
    [InlineData("""{"name":"a b","role":"viewer","reason":"because"}""", "name")]
    [InlineData("""{"name":"shop","role":"viewer","reason":"because"}""", "name")]
    [InlineData("""{"name":"ann","role":"king","reason":"because"}""", "role")]
    [InlineData("""{"name":"ann","role":"viewer","reason":" "}""", "reason")]
    [InlineData("""{"name":"ann","role":"viewer"}""", "reason")]
    public async Task An_account_that_makes_no_sense_is_refused_by_the_field(string body, string field)
    {
        using var response = await SendAsync(HttpMethod.Post, "/api/admin/operators", await AdminAsync(), JsonNode.Parse(body));

        var problem = await ProblemAssert.IsAsync(response, HttpStatusCode.BadRequest, "invalid_request");
        Assert.NotNull(problem["errors"]![field]);
    }

    [Fact]
    public async Task Whoever_guesses_is_told_nothing_and_locked_out_for_a_while()
    {
        await AdminAsync();
        for (var i = 0; i < 5; i++)
        {
            using var wrong = await PostAsync("/api/operators/sign-in", new { name = "admin", password = $"guess number {i}" });
            await ProblemAssert.IsAsync(wrong, HttpStatusCode.Unauthorized, "sign_in_refused");
        }

        using var right = await PostAsync("/api/operators/sign-in", new { name = "admin", password = OwnPassword });
        using var nobody = await PostAsync("/api/operators/sign-in", new { name = "nobody", password = OwnPassword });

        var locked = await ProblemAssert.IsAsync(right, HttpStatusCode.Unauthorized, "sign_in_refused");
        var unknown = await ProblemAssert.IsAsync(nobody, HttpStatusCode.Unauthorized, "sign_in_refused");
        Assert.Equal((string)unknown["detail"]!, (string)locked["detail"]!);
    }

    [Fact]
    public async Task Signed_out_is_signed_out_and_a_made_up_token_opens_nothing()
    {
        var admin = await AdminAsync();
        await OkAsync(SendAsync(HttpMethod.Post, "/api/operators/sign-out", admin));

        foreach (var token in new[] { admin, "ops_made-up", "nonsense", "" })
        {
            using var response = await SendAsync(HttpMethod.Get, "/api/operators/me", token);
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        }
    }

    [Fact]
    public async Task What_is_done_about_accounts_is_one_trail_and_whoever_changes_it_is_found_out()
    {
        var admin = await AdminAsync();
        await MakeAsync(admin, "olga", "operator");
        var page = await GetAsync("/api/admin/operators/audit", admin);

        Assert.Equal(
            ["password-changed", "signed-in", "operator-created", "password-changed", "signed-in", "operator-created"],
            page["items"]!.AsArray().Select(a => (string)a!["act"]!));
        Assert.True((bool)(await GetAsync("/api/admin/operators/audit/verify", admin))["intact"]!);

        await using var database = NpgsqlDataSource.Create(_database);
        await using var tamper = database.CreateCommand(
            "alter table operator_acts disable trigger all; update operator_acts set by = 'nobody' where seq = 3");
        await tamper.ExecuteNonQueryAsync(Cancel);
        var verdict = await GetAsync("/api/admin/operators/audit/verify", admin);
        Assert.Equal((false, 3), ((bool)verdict["intact"]!, (int)verdict["broken"]!));
    }

    [Fact]
    public async Task Sessions_and_accounts_outlive_a_start_and_hashes_are_all_that_is_kept()
    {
        var admin = await AdminAsync();
        await using var second = await StartAsync();

        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/operators/me");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", admin);
        using var me = await second.Client.SendAsync(request, Cancel);
        Assert.Equal(HttpStatusCode.OK, me.StatusCode);

        await using var database = NpgsqlDataSource.Create(_database);
        await using var dump = database.CreateCommand("select concat((select string_agg(o::text, ' ') from operators o), "
            + "(select string_agg(s::text, ' ') from operator_sessions s), (select string_agg(a::text, ' ') from operator_acts a))");
        var everything = (string)(await dump.ExecuteScalarAsync(Cancel))!;
        Assert.DoesNotContain(OwnPassword, everything);
        Assert.DoesNotContain(FirstPassword, everything);
        Assert.DoesNotContain(admin, everything);
    }

    private Task<GatewayFixture> StartAsync() =>
        GatewayFixture.StartAsync($"ConnectionStrings:operators={_database}", $"Operators:FirstAdminPassword={FirstPassword}");

    /// <returns>The token of the admin, who has a password of their own.</returns>
    private async Task<string> AdminAsync()
    {
        var first = Token(await SignInAsync("admin", FirstPassword));
        await ChangePasswordAsync(first, FirstPassword, OwnPassword);
        return first;
    }

    private async Task<string> MakeAsync(string admin, string name, string role)
    {
        using var made = await SendAsync(HttpMethod.Post, "/api/admin/operators", admin, new { name, role, reason = "has joined us" });
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var oneTime = (string)JsonNode.Parse(await made.Content.ReadAsStringAsync(Cancel))!["oneTimePassword"]!;
        var token = Token(await SignInAsync(name, oneTime));
        await ChangePasswordAsync(token, oneTime, OwnPassword);
        return token;
    }

    private async Task<JsonNode> SignInAsync(string name, string password)
    {
        using var response = await PostAsync("/api/operators/sign-in", new { name, password });
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!;
    }

    private async Task ChangePasswordAsync(string token, string current, string @new) =>
        await OkAsync(SendAsync(HttpMethod.Post, "/api/operators/me/password", token, new { current, @new }));

    private async Task InvalidAsync(string token, object body, string field)
    {
        using var response = await SendAsync(HttpMethod.Post, "/api/operators/me/password", token, body);
        var problem = await ProblemAssert.IsAsync(response, HttpStatusCode.BadRequest, "invalid_request");
        Assert.NotNull(problem["errors"]![field]);
    }

    private static async Task OkAsync(Task<HttpResponseMessage> sending)
    {
        using var response = await sending;
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync(Cancel)}");
    }

    private async Task<JsonNode> GetAsync(string target, string token)
    {
        using var response = await SendAsync(HttpMethod.Get, target, token);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!;
    }

    private Task<HttpResponseMessage> PostAsync(string target, object body) => SendAsync(HttpMethod.Post, target, null, body);

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string target, string? token, object? body = null)
    {
        var request = new HttpRequestMessage(method, target) { Content = body is null ? null : JsonContent.Create(body) };
        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return _gateway.Client.SendAsync(request, Cancel);
    }

    private static string Token(JsonNode answer) => (string)answer["token"]!;
}
