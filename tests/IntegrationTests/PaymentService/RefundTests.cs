using System.Net;
using System.Text.Json.Nodes;
using IntegrationTests.Gateway;
using IntegrationTests.Standalone;
using IntegrationTests.WholeSystem;
using Npgsql;
using Payments.Contracts.Payments;
using Payments.Domain;
using Payments.Domain.Payments;
using Payments.EventStore.Projections;

namespace IntegrationTests.PaymentService;

/// <summary>Giving payments back: each refusal with its own code, and what is shown and counted of refunds on their way.</summary>
public sealed class RefundTests(PaymentServiceFixture fixture) : IClassFixture<PaymentServiceFixture>
{
    private const string Everything = "{}";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly Api _api = fixture.Api;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""{"amount":1}""", "currency")]
    [InlineData("""{"currency":"EUR"}""", "amount")]
    [InlineData("""{"amount":0,"currency":"EUR"}""", "amount")]
    [InlineData("""{"amount":1,"currency":"eur"}""", "currency")]
    [InlineData("""{"amount":1.5,"currency":"EUR"}""", "amount")]
    [InlineData("""{"reason":"a\nb"}""", "reason")]
    [InlineData("""{"refundId":"1"}""", "refundId")]
    [InlineData("[]", "body")]
    [InlineData("", "body")]
    public async Task Bad_refunds_are_refused_by_field(string json, string field)
    {
        var payment = await PaidAsync(1_000);

        using var answer = await RefundAsync(payment, json);

        var problem = await ProblemAssert.IsAsync(answer, HttpStatusCode.BadRequest, "invalid_request");
        Assert.Equal([field], problem["errors"]!.AsObject().Select(e => e.Key));
        Assert.Empty((await RefundsAsync(payment)).Items);
    }

    [Fact]
    public async Task Of_what_is_not_completed()
    {
        var pending = await RequestedAsync(1_000);
        var failed = await RequestedAsync(1_000);
        await fixture.TellAsync(failed, new PaymentCommand.Fail(new(failed), "insufficient_funds"));

        await AssertRefusedAsync(pending, Everything, "payment_not_completed");
        await AssertRefusedAsync(failed, """{"amount":1,"currency":"EUR"}""", "payment_not_completed");
    }

    [Fact]
    public async Task Of_more_than_was_paid_or_is_left()
    {
        var payment = await PaidAsync(1_000);

        await AssertRefusedAsync(payment, """{"amount":1001,"currency":"EUR"}""", "refund_exceeds_payment");
        await RefundedAsync(payment, 600);

        // One on its way counts already.
        await AssertRefusedAsync(payment, """{"amount":401,"currency":"EUR"}""", "refund_exceeds_payment");
        await RefundedAsync(payment, 400);
        await AssertRefusedAsync(payment, Everything, "refund_exceeds_payment");
    }

    [Fact]
    public async Task Of_another_currency_of_a_transfer_and_of_a_refund()
    {
        var payment = await PaidAsync(1_000);
        var transfer = await RequestedAsync(1_000, "transfer");
        await fixture.TellAsync(transfer, new PaymentCommand.Complete(new(transfer)));
        var refund = await RefundedAsync(payment, 100);

        await AssertRefusedAsync(payment, """{"amount":100,"currency":"USD"}""", "currency_mismatch");
        await AssertRefusedAsync(transfer, Everything, "not_refundable");
        await AssertRefusedAsync(refund, Everything, "refund_of_refund");
        Assert.Equal([refund], (await RefundsAsync(payment)).Items.Select(r => r.RefundId));
    }

    [Theory]
    [InlineData("01980000-0000-7000-8000-000000000000")]
    [InlineData("00000000-0000-0000-0000-000000000000")]
    [InlineData("yesterday")]
    public async Task What_is_not_there_is_not_found(string id)
    {
        var payment = await PaidAsync(1_000);

        using var refund = await _api.PostAsync($"/api/payments/{id}/refunds", Everything, Api.Fresh("key"));
        using var list = await _api.Http.GetAsync($"/api/payments/{id}/refunds", Cancel);
        using var one = await _api.Http.GetAsync($"/api/payments/{payment}/refunds/{id}", Cancel);
        var (other, refundOfThis) = (await PaidAsync(1_000), await RefundedAsync(payment, 1));
        using var elsewhere = await _api.Http.GetAsync($"/api/payments/{other}/refunds/{refundOfThis}", Cancel);

        await ProblemAssert.IsAsync(refund, HttpStatusCode.NotFound, "payment_not_found");
        await ProblemAssert.IsAsync(list, HttpStatusCode.NotFound, "payment_not_found");
        await ProblemAssert.IsAsync(one, HttpStatusCode.NotFound, "refund_not_found");
        await ProblemAssert.IsAsync(elsewhere, HttpStatusCode.NotFound, "refund_not_found");
    }

    [Fact]
    public async Task A_refusal_stays_under_its_key_whatever_happens_since()
    {
        var (payment, key) = (await RequestedAsync(1_000), Api.Fresh("key"));
        using var early = await _api.PostAsync($"/api/payments/{payment}/refunds", Everything, key);
        await fixture.TellAsync(payment, new PaymentCommand.Complete(new(payment)));
        using var again = await _api.PostAsync($"/api/payments/{payment}/refunds", Everything, key);
        using var anew = await _api.PostAsync($"/api/payments/{payment}/refunds", Everything, Api.Fresh("key"));

        await ProblemAssert.IsAsync(early, HttpStatusCode.UnprocessableEntity, "payment_not_completed");
        await ProblemAssert.IsAsync(again, HttpStatusCode.UnprocessableEntity, "payment_not_completed");
        Assert.Equal(HttpStatusCode.Accepted, anew.StatusCode);
    }

    [Fact]
    public async Task A_payment_goes_back_in_parts_of_which_one_fails()
    {
        var payment = await PaidAsync(1_000);
        var ended = (await ViewAsync(payment)).EndedAt;

        var first = await RefundedAsync(payment, 600, """, "reason":"Damaged" """);
        var second = await RefundedAsync(payment, 300);
        Assert.Equal(("completed", 0), await StandingAsync(payment));
        await fixture.TellAsync(payment, new PaymentCommand.CompleteRefund(new(payment), new(first)));
        await fixture.TellAsync(payment, new PaymentCommand.FailRefund(new(payment), new(second), RefusalCodes.InsufficientFunds));
        Assert.Equal(("partially_refunded", 600), await StandingAsync(payment));

        using var rest = await RefundAsync(payment, Everything);
        var last = JsonNode.Parse(await rest.Content.ReadAsStringAsync(Cancel))!;
        Assert.Equal((400, "EUR"), ((long)last["amount"]!, (string)last["currency"]!));
        await fixture.TellAsync(payment, new PaymentCommand.CompleteRefund(new(payment), new((Guid)last["refundId"]!)));

        Assert.Equal(("refunded", 1_000), await StandingAsync(payment));
        Assert.Equal(ended, (await ViewAsync(payment)).EndedAt);
        Assert.Equal(
            [("completed", null, 600, "Damaged"), ("failed", "insufficient_funds", 300, null), ("completed", null, 400, null)],
            (await RefundsAsync(payment)).Items.Select(r => (r.Status, r.FailureCode, r.Amount, r.Reason)));
    }

    [Fact]
    public async Task Who_waits_for_a_refund_is_told_when_it_has_ended()
    {
        var payment = await PaidAsync(1_000);
        var (first, second) = (await RefundedAsync(payment, 100), await RefundedAsync(payment, 200));

        var waiting = _api.GetAsync<RefundView>($"/api/payments/{payment}/refunds/{second}?wait=30s");
        await fixture.TellAsync(payment, new PaymentCommand.FailRefund(new(payment), new(second), RefusalCodes.WalletFrozen));
        var told = await waiting;

        Assert.Equal(("failed", "wallet_frozen"), (told.Status, told.FailureCode));
        Assert.True(told.RequestedAt <= told.EndedAt);
        Assert.Equal("pending", (await _api.GetAsync<RefundView>($"/api/payments/{payment}/refunds/{first}?wait=1ms")).Status);
        using var nonsense = await _api.Http.GetAsync($"/api/payments/{payment}/refunds/{first}?wait=soon", Cancel);
        await ProblemAssert.IsAsync(nonsense, HttpStatusCode.BadRequest, "invalid_request");
    }

    [Fact]
    public async Task Refunds_count_no_payment_twice_and_all_tables_can_be_made_again()
    {
        var before = await CountsAsync();
        var payment = await PaidAsync(1_000);
        var (first, second) = (await RefundedAsync(payment, 250), await RefundedAsync(payment, 750));
        await fixture.TellAsync(payment, new PaymentCommand.CompleteRefund(new(payment), new(first)));
        await fixture.TellAsync(payment, new PaymentCommand.CompleteRefund(new(payment), new(second)));

        Assert.Equal((before.Requested + 1, before.Completed + 1, before.Failed), await CountsAsync());
        Assert.Equal(
            [$"{before.Requested + 1} {before.Completed + 1}"],
            await fixture.QueryAsync("select format('%s %s', sum(requested), sum(completed)) from payment_seconds"));

        var tables = await TablesAsync();
        await RebuildAsync();
        Assert.Equal(tables, await TablesAsync());
        var analytics = JsonNode.Parse((await _api.GetJsonAsync("/api/analytics/payments")).ToJsonString())!["items"]!.AsArray();
        Assert.Equal(
            long.Parse((await fixture.QueryAsync("select sum(amount)::text from refunds where status = 'completed'")).Single()),
            analytics.Where(i => (string)i!["outcome"]! == "refunded").Sum(i => (long)i!["volume"]!));
    }

    private async Task<Guid> RequestedAsync(long amount, string method = "wallet")
    {
        var (payer, payee) = (fixture.Wallet(), fixture.Wallet());
        var (target, parties) = method == "wallet"
            ? ("/api/payments", $"\"method\":\"wallet\",\"payerWalletId\":\"{payer}\",\"payeeWalletId\":\"{payee}\"")
            : ("/api/transfers", $"\"fromWalletId\":\"{payer}\",\"toWalletId\":\"{payee}\"");
        using var answer = await _api.PostAsync(target, $"{{{parties},\"amount\":{amount},\"currency\":\"EUR\"}}", Api.Fresh("key"));
        var body = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.StatusCode == HttpStatusCode.Accepted, body);
        return (Guid)JsonNode.Parse(body)!["paymentId"]!;
    }

    private async Task<Guid> PaidAsync(long amount)
    {
        var payment = await RequestedAsync(amount);
        await fixture.TellAsync(payment, new PaymentCommand.Complete(new(payment)));
        return payment;
    }

    private Task<HttpResponseMessage> RefundAsync(Guid payment, string json) =>
        _api.PostAsync($"/api/payments/{payment}/refunds", json, Api.Fresh("key"));

    private async Task<Guid> RefundedAsync(Guid payment, long amount, string more = "")
    {
        using var answer = await RefundAsync(payment, $$"""{"amount":{{amount}},"currency":"EUR"{{more}}}""");
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var refund = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!;
        var id = (Guid)refund["refundId"]!;
        Assert.Equal(
            $$"""{"refundId":"{{id}}","paymentId":"{{payment}}","status":"pending","amount":{{amount}},"currency":"EUR"}""",
            refund.ToJsonString());
        Assert.Equal($"/api/payments/{payment}/refunds/{id}", answer.Headers.Location!.OriginalString);
        return id;
    }

    private async Task AssertRefusedAsync(Guid payment, string json, string code)
    {
        using var answer = await RefundAsync(payment, json);
        await ProblemAssert.IsAsync(answer, HttpStatusCode.UnprocessableEntity, code);
    }

    private Task<PaymentView> ViewAsync(Guid payment) => _api.GetAsync<PaymentView>($"/api/payments/{payment}");

    private Task<RefundList> RefundsAsync(Guid payment) => _api.GetAsync<RefundList>($"/api/payments/{payment}/refunds");

    private async Task<(string Status, long Refunded)> StandingAsync(Guid payment)
    {
        var view = await ViewAsync(payment);
        return (view.Status, view.RefundedAmount);
    }

    private async Task<(long Requested, long Completed, long Failed)> CountsAsync()
    {
        var row = await fixture.QueryAsync("select format('%s %s %s', requested, completed, failed) from payment_totals");
        var counts = row.Single().Split(' ');
        return (long.Parse(counts[0]), long.Parse(counts[1]), long.Parse(counts[2]));
    }

    // A replay knows the moment of a decision to the millisecond only.
    private Task<List<string>> TablesAsync() => fixture.QueryAsync(
        """
        select (to_jsonb(p) - 'requested_at' - 'ended_at')::text || (p.ended_at is null) from payments p
        union all select (to_jsonb(r) - 'requested_at' - 'ended_at')::text || (r.ended_at is null) from refunds r
        union all select t::text from payment_totals t
        order by 1
        """);

    private async Task RebuildAsync()
    {
        await using var source = NpgsqlDataSource.Create(fixture.Database);
        var control = new ProjectionControl(source, TimeProvider.System);
        foreach (var name in new[] { "payments", "payment_minutes" })
        {
            await Wait.UntilAsync(
                () => control.RebuildAsync(name, Cancel).GetAwaiter().GetResult() is ProjectionAnswer.Accepted, Deadline);
        }

        await Wait.UntilAsync(
            () => control.ListAsync(Cancel).GetAwaiter().GetResult().All(p => p.Rebuild is null && p.Lag == 0 && p.RebuiltAt is not null),
            Deadline);
    }
}
