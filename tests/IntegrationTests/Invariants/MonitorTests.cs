using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using IntegrationTests.WholeSystem;
using Npgsql;
using UnitTests.Randomness;

namespace IntegrationTests.Invariants;

/// <summary>The monitors of all services in the running platform.</summary>
[Collection(WholeSystemTests.Name)]
public sealed class MonitorTests(PostgresFixture postgres)
{
    private const int Payments = 400;
    private const int Wallets = 20;
    private const int Others = 20;

    private static readonly string[] Services = ["wallets", "payments", "sagas"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private static readonly string[] OftenLooks = ["Invariants:EveryMs=300", "Invariants:GraceMs=6000", "Invariants:StalledMs=20000"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Under_load_nothing_is_raised_and_a_tampered_row_is_found_shown_acknowledged_and_cleared()
    {
        var databases = await Databases.CreateAsync(postgres);
        await using var platform = await Platform.StartAsync(databases, OftenLooks);
        using var api = new Api(platform.Gateway);
        var crowd = new Crowd(api).PayAsync(Payments, Wallets, Seed.NewRandom());
        await Task.WhenAll([crowd, .. Enumerable.Range(0, Others).Select(_ => OneOfEachAsync(api))]);
        await UntilEachWasLookedAtSinceAsync(api, DateTimeOffset.UtcNow);
        foreach (var service in Services)
        {
            Assert.Equal("[]", (await api.GetJsonAsync($"/api/admin/{service}/alerts"))["items"]!.ToJsonString());
            foreach (var invariant in (await api.GetJsonAsync($"/api/admin/{service}/invariants")).AsArray())
            {
                Assert.True((string?)invariant!["state"] == "holds", invariant.ToJsonString());
            }
        }

        await using var wallets = NpgsqlDataSource.Create(databases.Wallets);
        await ExecuteAsync(wallets, Tamper(+1));
        var alert = await AlertAsync(api, a => (string?)a["invariant"] == "wallets-are-the-fold-of-events");
        Assert.StartsWith("wallet/", (string?)alert["event"]!["stream"], StringComparison.Ordinal);
        Assert.True((long?)alert["event"]!["position"] > 0);

        var target = $"/api/admin/wallets/alerts/{alert["id"]}/acknowledge";
        var key = Api.Fresh("key");
        using var refused = await api.PostAsync(target, """{"reason":""}""", Api.Fresh("key"));
        using var first = await api.PostAsync(target, """{"reason":"I did that."}""", key);
        using var again = await api.PostAsync(target, """{"reason":"I did that."}""", key);
        using var other = await api.PostAsync(target, """{"reason":"So did I."}""", Api.Fresh("key"));
        Assert.Equal(
            (HttpStatusCode.BadRequest, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.Conflict),
            (refused.StatusCode, first.StatusCode, again.StatusCode, other.StatusCode));
        Assert.Equal(await first.Content.ReadAsStringAsync(Cancel), await again.Content.ReadAsStringAsync(Cancel));

        await ExecuteAsync(wallets, Tamper(-1));
        var cleared = await AlertAsync(api, a => JsonNode.DeepEquals(a["id"], alert["id"]) && a["clearedAt"] is not null);
        Assert.Equal("I did that.", (string?)cleared["acknowledged"]!["reason"]);
    }

    // Changes the balance of one wallet, always the same one.
    private static string Tamper(int by) =>
        $"update wallets set balance = balance + ({by}) where wallet_id = (select min(wallet_id::text)::uuid from wallets)";

    // What moves money in any other way; a reservation is left open.
    private static async Task OneOfEachAsync(Api api)
    {
        var (payer, payee) = (await api.OpenWalletWithAsync(1_000), await api.OpenWalletAsync());
        var (card, declined) = (await api.PayByCardAsync("tok_ok", payee, 500), await api.PayByCardAsync("tok_declined", payee, 500));
        var transfer = await api.TransferAsync(payer, payee, 100);
        Assert.Equal(
            ["completed", "failed", "completed"],
            (await Task.WhenAll(api.EndOfAsync(card), api.EndOfAsync(declined), api.EndOfAsync(transfer))).Select(p => p.Status));
        Assert.Equal("completed", (await api.EndOfRefundAsync(card, await api.RefundAsync(card, 200))).Status);
        var paid = await api.PayAsync(payer, payee, 100);
        Assert.Equal("completed", (await api.EndOfAsync(paid)).Status);
        Assert.Equal("completed", (await api.EndOfRefundAsync(paid, await api.RefundAsync(paid))).Status);
        using var hold = await api.PostAsync($"/api/wallets/{payer}/holds", """{"amount":50,"currency":"EUR"}""", Api.Fresh("key"));
        Assert.Equal(HttpStatusCode.Created, hold.StatusCode);
    }

    private static async Task UntilEachWasLookedAtSinceAsync(Api api, DateTimeOffset since)
    {
        var deadline = DateTimeOffset.UtcNow + Patience;
        foreach (var service in Services)
        {
            while (await api.GetJsonAsync($"/api/admin/{service}/invariants") is var invariants
                && invariants.AsArray().Any(i => i!["checkedAt"] is not { } at || at.Deserialize<DateTimeOffset>() < since))
            {
                Assert.True(DateTimeOffset.UtcNow < deadline, invariants.ToJsonString());
                await Task.Delay(100, Cancel);
            }
        }
    }

    private static async Task<JsonNode> AlertAsync(Api api, Func<JsonNode, bool> wanted)
    {
        var deadline = DateTimeOffset.UtcNow + Patience;
        while (true)
        {
            var page = await api.GetJsonAsync("/api/admin/wallets/alerts?limit=200");
            if (page["items"]!.AsArray().FirstOrDefault(a => wanted(a!)) is { } found)
            {
                return found;
            }

            Assert.True(DateTimeOffset.UtcNow < deadline, page.ToJsonString());
            await Task.Delay(100, Cancel);
        }
    }

    private static async Task ExecuteAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        Assert.Equal(1, await command.ExecuteNonQueryAsync(Cancel));
    }
}
