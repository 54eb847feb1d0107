using System.Net;
using System.Text.Json.Nodes;
using IntegrationTests.Gateway;
using IntegrationTests.WholeSystem;
using Payments.Contracts.Wallets;
using Payments.Domain;
using Payments.Domain.Wallets;
using Payments.EventStore.Contract;

namespace IntegrationTests.Wallets;

/// <summary>Money set aside through the API: made, taken, given back, given back by itself.</summary>
public sealed class HoldTests(PostgresFixture postgres) : IAsyncLifetime
{
    private WalletPlatform _wallets = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _wallets = await WalletPlatform.StartAsync(postgres);

    public ValueTask DisposeAsync() => _wallets.DisposeAsync();

    [Fact]
    public async Task Of_six_holds_of_1000_against_5000_at_once_five_are_made_and_one_is_refused_a_hundred_times_in_a_row()
    {
        for (var round = 1; round <= 100; round++)
        {
            var wallet = await _wallets.Api.OpenWalletWithAsync(5_000);

            var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(async _ =>
            {
                using var response = await _wallets.Api.PostAsync(
                    $"/api/wallets/{wallet}/holds", """{"amount":1000,"currency":"EUR"}""", Api.Fresh("key"));
                return (response.StatusCode, Code: (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!["code"]);
            }));

            Assert.Equal(
                [
                    .. Enumerable.Repeat((HttpStatusCode.Created, (string?)null), 5),
                    (HttpStatusCode.UnprocessableEntity, "insufficient_funds")
                ],
                answers.Order());
            var view = await _wallets.Api.WalletAsync(wallet);
            Assert.Equal((5_000, 5_000, 0), (view.Balance, view.Held, view.Available));
            Assert.Equal(5, (await _wallets.Api.GetAsync<HoldPage>($"/api/wallets/{wallet}/holds")).Items.Count);
        }

        await _wallets.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_part_is_captured_and_the_rest_is_available_again()
    {
        var wallet = await _wallets.Api.OpenWalletWithAsync(5_000);
        var made = await _wallets.PostAsync($"/api/wallets/{wallet}/holds", new { amount = 1_000, currency = "EUR", reference = "Hotel" });
        var hold = (Guid)made["holdId"]!;
        Assert.Equal((4_000, 1_000), ((long)made["wallet"]!["available"]!, (long)made["wallet"]!["held"]!));

        await _wallets.RefuseAsync($"/api/wallets/{wallet}/holds/{hold}/captures", new { amount = 1_001 }, "amount_out_of_range");
        var captured = await _wallets.PostAsync($"/api/wallets/{wallet}/holds/{hold}/captures", new { amount = 400 });

        Assert.Equal(("captured", 400, 600), ((string?)captured["status"], (long)captured["captured"]!, (long)captured["released"]!));
        Assert.Equal((4_600, 4_600), ((long)captured["wallet"]!["balance"]!, (long)captured["wallet"]!["available"]!));
        var entry = (await _wallets.Api.GetJsonAsync($"/api/wallets/{wallet}/entries"))["items"]![1]!;
        Assert.Equal(
            ("capture_out", -400, 4_600, hold, "Hotel"),
            ((string?)entry["kind"], (long)entry["amount"]!, (long)entry["balance"]!,
                (Guid)entry["operation"]!, (string?)entry["reference"]));
        Assert.Empty((await _wallets.Api.GetAsync<HoldPage>($"/api/wallets/{wallet}/holds")).Items);
        foreach (var ending in new[] { "captures", "releases" })
        {
            await _wallets.RefuseAsync($"/api/wallets/{wallet}/holds/{hold}/{ending}", new { }, "hold_not_found", HttpStatusCode.NotFound);
        }

        await _wallets.AssertBalancedAsync();
    }

    [Fact]
    public async Task All_is_captured_when_no_amount_is_given_and_all_is_available_again_when_released()
    {
        var wallet = await _wallets.Api.OpenWalletWithAsync(5_000);
        var (taken, given) = (await _wallets.HoldAsync(wallet, 1_000), await _wallets.HoldAsync(wallet, 2_000));

        await _wallets.PostAsync($"/api/wallets/{wallet}/holds/{taken}/captures", new { });
        var released = await _wallets.PostAsync($"/api/wallets/{wallet}/holds/{given}/releases", new { });

        Assert.Equal(("released", 0, 2_000), ((string?)released["status"], (long)released["captured"]!, (long)released["released"]!));
        var view = await _wallets.Api.WalletAsync(wallet);
        Assert.Equal((4_000, 0, 4_000), (view.Balance, view.Held, view.Available));
        Assert.Equal(["deposit 5000 card-clearing", "capture_out -1000 card-clearing"], await _wallets.EntriesAsync(wallet));
    }

    [Fact]
    public async Task A_repeated_call_hears_the_first_answer_also_when_the_hold_is_long_forgotten()
    {
        var wallet = await _wallets.Api.OpenWalletWithAsync(5_000);
        var (holdKey, captureKey) = (Api.Fresh("key"), Api.Fresh("key"));
        var made = await AnswerAsync($"/api/wallets/{wallet}/holds", """{"amount":1000,"currency":"EUR"}""", holdKey);
        var captures = $"/api/wallets/{wallet}/holds/{(Guid)JsonNode.Parse(made.Body)!["holdId"]!}/captures";
        var captured = await AnswerAsync(captures, """{"amount":1000}""", captureKey);
        for (var i = 0; i <= RecentOutcomes.CountMax; i++)
        {
            await _wallets.PostAsync($"/api/wallets/{wallet}/holds/{await _wallets.HoldAsync(wallet, 1)}/releases", new { });
        }

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), (made.Status, captured.Status));
        Assert.Equal(made, await AnswerAsync($"/api/wallets/{wallet}/holds", """{"amount":1000,"currency":"EUR"}""", holdKey));
        Assert.Equal(captured, await AnswerAsync(captures, """{"amount":1000}""", captureKey));
        Assert.Equal(4_000, (await _wallets.Api.WalletAsync(wallet)).Balance);
        using var other = await _wallets.Api.PostAsync(captures, """{"amount":999}""", captureKey);
        await ProblemAssert.IsAsync(other, HttpStatusCode.UnprocessableEntity, "idempotency_key_reused");
    }

    [Fact]
    public async Task A_hold_that_nobody_ends_in_time_ends_by_itself_also_when_the_service_was_down_meanwhile()
    {
        var wallet = await _wallets.Api.OpenWalletWithAsync(5_000);
        var (brief, lasting) = (await _wallets.HoldAsync(wallet, 1_000, expiresInSeconds: 1), await _wallets.HoldAsync(wallet, 500));
        await WalletPlatform.UntilAsync(async () => (await _wallets.Api.WalletAsync(wallet)).Held == 500);
        await _wallets.RefuseAsync($"/api/wallets/{wallet}/holds/{brief}/captures", new { }, "hold_not_found", HttpStatusCode.NotFound);
        Assert.Equal([lasting], (await _wallets.Api.GetAsync<HoldPage>($"/api/wallets/{wallet}/holds")).Items.Select(h => h.HoldId));

        var missed = await _wallets.HoldAsync(wallet, 1_000, expiresInSeconds: 10);
        await _wallets.StopAsync();
        Assert.Equal(1_500, await _wallets.Log.ScalarAsync<long>($"select held from wallets where wallet_id = '{wallet}'"));
        await using var later = await WalletPlatform.StartOnAsync(_wallets.Database);
        await WalletPlatform.UntilAsync(async () => (await later.Api.WalletAsync(wallet)).Held == 500);

        Assert.Equal([lasting], await later.Log.ColumnAsync<Guid>("select hold_id from holds"));
        var expired = (await later.Log.EventsAsync(new EventFilter { StreamType = "wallet" }))
            .Where(e => e.Type == "wallet.hold-expired.v1");
        Assert.Equal([(brief, "hold-clock"), (missed, "hold-clock")], expired.Select(e => (e.Metadata.CorrelationId, e.Metadata.Actor)));
        await later.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_hold_of_a_payment_is_listed_and_cannot_be_ended_by_hand()
    {
        var wallet = await _wallets.Api.OpenWalletWithAsync(5_000);
        var payment = Guid.CreateVersion7();
        await _wallets.CommandAsync(new WalletCommand.Hold(
            new WalletId(wallet), new HoldId(payment), new OperationId(payment),
            new Money(700, Currency.Parse("EUR")), 3600, HoldPurpose.Payment));

        await _wallets.RefuseAsync($"/api/wallets/{wallet}/holds/{payment}/captures", new { }, "hold_of_operation");
        await _wallets.RefuseAsync($"/api/wallets/{wallet}/holds/{payment}/releases", new { }, "hold_of_operation");

        var reserved = await _wallets.HoldAsync(wallet, 1);
        var first = await _wallets.Api.GetAsync<HoldPage>("/api/admin/wallets/holds?limit=1");
        Assert.Equal((payment, wallet, payment, 700, "EUR", "payment"), Facts(Assert.Single(first.Items)));
        var second = await _wallets.Api.GetAsync<HoldPage>($"/api/admin/wallets/holds?limit=1&after={first.Next}");
        Assert.Equal((reserved, wallet, reserved, 1, "EUR", "reservation"), Facts(Assert.Single(second.Items)));
        var third = await _wallets.Api.GetAsync<HoldPage>($"/api/admin/wallets/holds?limit=1&after={second.Next}");
        Assert.Empty(third.Items);
        Assert.Null(third.Next);
    }

    private static (Guid, Guid, Guid, long, string, string) Facts(HoldView h) =>
        (h.HoldId, h.WalletId, h.Operation, h.Amount, h.Currency, h.Purpose);

    private async Task<(HttpStatusCode Status, string Body)> AnswerAsync(string target, string json, string key)
    {
        using var response = await _wallets.Api.PostAsync(target, json, key);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Cancel));
    }
}
