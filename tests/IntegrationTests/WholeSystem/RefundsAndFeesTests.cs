using System.Net;
using IntegrationTests.Gateway;
using Payments.Contracts.Payments;

namespace IntegrationTests.WholeSystem;

/// <summary>Payments with fees, transfers, and money that goes back, each to its end through all services.</summary>
[Collection(WholeSystemTests.Name)]
public sealed class RefundsAndFeesTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const long Money = 20_000;

    private Platform? _platform;
    private Api _api = null!;
    private Guid _alice;
    private Guid _bob;

    public async ValueTask InitializeAsync()
    {
        _platform = await Platform.StartAsync(
            await Databases.CreateAsync(postgres), "Fees:wallet:FixedMinor=25", "Fees:wallet:BasisPoints=150");
        _api = new Api(_platform.Gateway);
        _alice = await _api.OpenWalletWithAsync(10_000);
        _bob = await _api.OpenWalletWithAsync(10_000);
    }

    /// <summary>Every test here ends with this: the books are sound, and the money is what was paid in.</summary>
    public async ValueTask DisposeAsync()
    {
        await using var audit = new Audit(_platform!.Databases);
        await audit.AssertSoundAsync(Money);
        _api.Dispose();
        await _platform.DisposeAsync();
    }

    [Fact]
    public async Task The_payee_gets_the_amount_less_the_fee()
    {
        var payment = await _api.EndOfAsync(await _api.PayAsync(_alice, _bob, 1_000));

        Assert.Equal(("completed", "wallet", 1_000, 40), (payment.Status, payment.Method, payment.Amount, payment.Fee));
        await AssertBalancesAsync(9_000, 10_960);
    }

    [Fact]
    public async Task A_transfer_costs_nothing_and_is_not_refunded()
    {
        var transfer = await _api.EndOfAsync(await _api.TransferAsync(_alice, _bob, 1_000));

        Assert.Equal(("completed", "transfer", 0, _alice), (transfer.Status, transfer.Method, transfer.Fee, transfer.PayerWalletId));
        await AssertRefusedAsync(transfer.PaymentId, "{}", "not_refundable");
        await AssertBalancesAsync(9_000, 11_000);
    }

    [Fact]
    public async Task A_payment_goes_back_in_part_then_whole_and_the_fee_stays()
    {
        var payment = (await _api.EndOfAsync(await _api.PayAsync(_alice, _bob, 1_000))).PaymentId;

        var part = await _api.EndOfRefundAsync(payment, await _api.RefundAsync(payment, 300));
        Assert.Equal(("completed", 300), (part.Status, part.Amount));
        await AssertBalancesAsync(9_300, 10_660);
        Assert.Equal(("partially_refunded", 300), await StandingAsync(payment));

        var rest = await _api.EndOfRefundAsync(payment, await _api.RefundAsync(payment));
        Assert.Equal(("completed", 700), (rest.Status, rest.Amount));
        await AssertBalancesAsync(10_000, 9_960);
        Assert.Equal(("refunded", 1_000), await StandingAsync(payment));

        await AssertRefusedAsync(payment, "{}", "refund_exceeds_payment");
        await AssertRefusedAsync(rest.RefundId, "{}", "refund_of_refund");
    }

    [Fact]
    public async Task A_refund_that_the_payee_cannot_afford_fails_and_can_be_tried_again()
    {
        var payment = (await _api.EndOfAsync(await _api.PayAsync(_alice, _bob, 10_000))).PaymentId;
        var onwards = (await _api.EndOfAsync(await _api.TransferAsync(_bob, _alice, 15_000))).Status;

        var refund = await _api.EndOfRefundAsync(payment, await _api.RefundAsync(payment));
        Assert.Equal(("completed", "failed", "insufficient_funds"), (onwards, refund.Status, refund.FailureCode));
        Assert.Equal(("completed", 0), await StandingAsync(payment));

        await _api.EndOfAsync(await _api.TransferAsync(_alice, _bob, 15_000));
        Assert.Equal("completed", (await _api.EndOfRefundAsync(payment, await _api.RefundAsync(payment))).Status);
        Assert.Equal(("refunded", 10_000), await StandingAsync(payment));
    }

    [Fact]
    public async Task Of_refunds_of_the_same_money_at_once_as_many_are_accepted_as_there_is_money_for()
    {
        var payment = (await _api.EndOfAsync(await _api.PayAsync(_alice, _bob, 1_000))).PaymentId;

        var statuses = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            using var answer = await _api.PostAsync(
                $"/api/payments/{payment}/refunds", """{"amount":300,"currency":"EUR"}""", Api.Fresh("key"));
            return answer.StatusCode;
        }));

        Assert.Equal(
            [(HttpStatusCode.Accepted, 3), (HttpStatusCode.UnprocessableEntity, 17)],
            statuses.CountBy(s => s).Select(s => (s.Key, s.Value)).Order());
        foreach (var refund in (await _api.GetAsync<RefundList>($"/api/payments/{payment}/refunds")).Items)
        {
            Assert.Equal("completed", (await _api.EndOfRefundAsync(payment, refund.RefundId)).Status);
        }

        Assert.Equal(("partially_refunded", 900), await StandingAsync(payment));
    }

    [Fact]
    public async Task A_history_of_a_payment_has_its_refund_too_each_event_after_its_cause()
    {
        var payment = (await _api.EndOfAsync(await _api.PayAsync(_alice, _bob, 1_000))).PaymentId;
        await _api.EndOfRefundAsync(payment, await _api.RefundAsync(payment, 300));

        var events = (await _api.GetAsync<PaymentHistory>($"/api/payments/{payment}/history")).Events;

        Assert.Equal(
            [
                "payment.refund-requested.v1", "saga.started.v1",
                "saga.moved.v1", "command.wallet.hold-funds.v1", "wallet.funds-held.v1",
                "saga.moved.v1", "command.wallet.credit-funds.v1", "wallet.funds-credited.v1",
                "saga.moved.v1", "command.wallet.capture-hold.v1", "wallet.hold-captured.v1",
                "saga.moved.v1", "command.payment.complete-refund.v1", "payment.refund-completed.v1",
            ],
            events.Select(e => e.Type).SkipWhile(type => type != "payment.refund-requested.v1"));
        Assert.All(events, e => Assert.Equal(payment, e.CorrelationId));
        Assert.Single(events, e => e.Type == "wallet.fee-charged.v1");
    }

    private async Task AssertRefusedAsync(Guid payment, string json, string code)
    {
        using var answer = await _api.PostAsync($"/api/payments/{payment}/refunds", json, Api.Fresh("key"));
        await ProblemAssert.IsAsync(answer, HttpStatusCode.UnprocessableEntity, code);
    }

    private async Task AssertBalancesAsync(long alice, long bob) => Assert.Equal(
        (alice, 0, bob, 0),
        ((await _api.WalletAsync(_alice)).Balance, (await _api.WalletAsync(_alice)).Held,
            (await _api.WalletAsync(_bob)).Balance, (await _api.WalletAsync(_bob)).Held));

    private async Task<(string Status, long Refunded)> StandingAsync(Guid payment)
    {
        var view = await _api.GetAsync<PaymentView>($"/api/payments/{payment}");
        return (view.Status, view.RefundedAmount);
    }
}
