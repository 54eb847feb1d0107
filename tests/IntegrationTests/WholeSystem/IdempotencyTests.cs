using System.Net;
using System.Text.Json;
using IntegrationTests.Gateway;
using Payments.Contracts.Payments;
using Payments.Contracts.Wallets;

namespace IntegrationTests.WholeSystem;

/// <summary>One key, one effect, one answer; whatever the number of repeats and however close together they come.</summary>
[Collection(WholeSystemTests.Name)]
public sealed class IdempotencyTests(PlatformFixture fixture)
{
    private const int Repeats = 1_000;
    private const int AtOnce = 200;

    private readonly Api _api = fixture.Api;

    [Fact]
    public async Task A_thousand_repeats_of_a_payment_at_once_are_one_payment_with_one_answer()
    {
        var (alice, bob) = (await _api.OpenWalletWithAsync(10_000), await _api.OpenWalletAsync());

        var answers = await RepeatedAsync("/api/payments", JsonSerializer.Serialize(Api.Payment(alice, bob, 2_500)));

        var only = Assert.Single(answers.Distinct());
        Assert.Equal(HttpStatusCode.Accepted, only.Status);
        var payment = JsonSerializer.Deserialize<AcceptedPayment>(only.Body, JsonSerializerOptions.Web)!.PaymentId;
        Assert.Equal($"/api/payments/{payment}", only.Location);
        Assert.Equal("completed", (await _api.EndOfAsync(payment)).Status);
        Assert.Equal([payment], (await _api.GetAsync<PaymentPage>($"/api/payments?walletId={alice}")).Items.Select(p => p.PaymentId));
        Assert.Equal((7_500, 2_500), ((await _api.WalletAsync(alice)).Balance, (await _api.WalletAsync(bob)).Balance));
    }

    [Fact]
    public async Task A_thousand_repeats_of_a_refund_at_once_are_one_refund_with_one_answer()
    {
        var (alice, bob) = (await _api.OpenWalletWithAsync(10_000), await _api.OpenWalletAsync());
        var payment = (await _api.EndOfAsync(await _api.PayAsync(alice, bob, 2_500))).PaymentId;

        var answers = await RepeatedAsync($"/api/payments/{payment}/refunds", """{"amount":1000,"currency":"EUR"}""");

        var only = Assert.Single(answers.Distinct());
        Assert.Equal(HttpStatusCode.Accepted, only.Status);
        var refund = JsonSerializer.Deserialize<AcceptedRefund>(only.Body, JsonSerializerOptions.Web)!;
        Assert.Equal((payment, "pending", 1_000), (refund.PaymentId, refund.Status, refund.Amount));
        Assert.Equal($"/api/payments/{payment}/refunds/{refund.RefundId}", only.Location);
        Assert.Equal("completed", (await _api.EndOfRefundAsync(payment, refund.RefundId)).Status);
        var refunds = await _api.GetAsync<RefundList>($"/api/payments/{payment}/refunds");
        Assert.Equal([refund.RefundId], refunds.Items.Select(r => r.RefundId));
        Assert.Equal((8_500, 1_500), ((await _api.WalletAsync(alice)).Balance, (await _api.WalletAsync(bob)).Balance));
    }

    [Fact]
    public async Task A_thousand_repeats_of_a_deposit_at_once_are_one_deposit_with_one_answer()
    {
        var alice = await _api.OpenWalletAsync();

        var answers = await RepeatedAsync($"/api/wallets/{alice}/deposits", """{"amount":700,"currency":"EUR"}""");

        var only = Assert.Single(answers.Distinct());
        Assert.Equal(HttpStatusCode.Created, only.Status);
        Assert.Equal(await _api.WalletAsync(alice), JsonSerializer.Deserialize<WalletView>(only.Body, JsonSerializerOptions.Web));
        Assert.Equal([700L], (await _api.GetAsync<EntryPage>($"/api/wallets/{alice}/entries")).Items.Select(e => e.Amount));
    }

    [Fact]
    public async Task A_repeat_is_answered_as_the_first_call_was_whatever_has_happened_since()
    {
        var (user, key) = (Api.Fresh("alice"), Api.Fresh("key"));
        var opening = await AnswerAsync("/api/wallets", $$"""{"userId":"{{user}}","currency":"EUR"}""", key);
        var wallet = JsonSerializer.Deserialize<WalletView>(opening.Body, JsonSerializerOptions.Web)!.WalletId;
        await AnswerAsync($"/api/wallets/{wallet}/deposits", """{"amount":5,"currency":"EUR"}""", Api.Fresh("key"));

        Assert.Equal(opening, await AnswerAsync("/api/wallets", $$"""{ "currency": "EUR", "userId": "{{user}}" }""", key));
        Assert.Single(await _api.GetAsync<List<WalletView>>($"/api/users/{user}/wallets"));
    }

    [Fact]
    public async Task A_refused_withdrawal_stays_refused_under_its_key_even_when_there_is_money_now()
    {
        var (alice, key) = (await _api.OpenWalletWithAsync(100), Api.Fresh("key"));
        var withdrawals = $"/api/wallets/{alice}/withdrawals";
        const string TooMuch = """{"amount":150,"currency":"EUR"}""";

        using var first = await _api.PostAsync(withdrawals, TooMuch, key);
        var refusal = await ProblemAssert.IsAsync(first, HttpStatusCode.UnprocessableEntity, "insufficient_funds");
        await AnswerAsync($"/api/wallets/{alice}/deposits", """{"amount":100,"currency":"EUR"}""", Api.Fresh("key"));
        using var again = await _api.PostAsync(withdrawals, TooMuch, key);
        var repeated = await ProblemAssert.IsAsync(again, HttpStatusCode.UnprocessableEntity, "insufficient_funds");
        var another = await AnswerAsync(withdrawals, TooMuch, Api.Fresh("key"));

        Assert.Equal((string?)refusal["detail"], (string?)repeated["detail"]);
        Assert.Equal(HttpStatusCode.Created, another.Status);
        Assert.Equal(50, (await _api.WalletAsync(alice)).Balance);
    }

    [Fact]
    public async Task A_key_with_another_request_is_refused_and_changes_nothing()
    {
        var (alice, bob, key) = (await _api.OpenWalletWithAsync(1_000), await _api.OpenWalletAsync(), Api.Fresh("key"));
        await AnswerAsync("/api/payments", JsonSerializer.Serialize(Api.Payment(alice, bob, 100)), key);

        using var other = await _api.PostAsync("/api/payments", JsonSerializer.Serialize(Api.Payment(alice, bob, 101)), key);
        await ProblemAssert.IsAsync(other, HttpStatusCode.UnprocessableEntity, "idempotency_key_reused");
        Assert.Single((await _api.GetAsync<PaymentPage>($"/api/payments?walletId={alice}")).Items);

        var depositKey = Api.Fresh("key");
        await AnswerAsync($"/api/wallets/{alice}/deposits", """{"amount":1,"currency":"EUR"}""", depositKey);
        using var elsewhere = await _api.PostAsync($"/api/wallets/{bob}/deposits", """{"amount":1,"currency":"EUR"}""", depositKey);
        await ProblemAssert.IsAsync(elsewhere, HttpStatusCode.UnprocessableEntity, "idempotency_key_reused");
    }

    private async Task<Answer[]> RepeatedAsync(string target, string json)
    {
        var key = Api.Fresh("key");
        var answers = new Answer[Repeats];
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = TestContext.Current.CancellationToken };
        await Parallel.ForAsync(0, Repeats, options, async (i, _) => answers[i] = await AnswerAsync(target, json, key));
        return answers;
    }

    private async Task<Answer> AnswerAsync(string target, string json, string key)
    {
        using var response = await _api.PostAsync(target, json, key);
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, body);
        return new Answer(response.StatusCode, body, response.Headers.Location?.OriginalString);
    }

    private sealed record Answer(HttpStatusCode Status, string Body, string? Location);
}
