using Payments.Domain;
using Payments.Domain.Payments;
using Payments.Domain.Sagas;
using Payments.Domain.Wallets;
using static UnitTests.Sagas.SagaScenario;

namespace UnitTests.Sagas;

public sealed class WalletPaymentSagaTests
{
    [Fact]
    public void A_payment_goes_through_hold_credit_and_capture_to_completed()
    {
        Assert.Equal(
            [new SagaEvent.Started(Terms), Moved(SagaPhase.Holding, "Requested", 30), HoldFunds],
            React(null, Requested));
        Assert.Equal([Moved(SagaPhase.Crediting, "FundsHeld", 120), CreditFunds], React(At(SagaPhase.Holding), FundsHeld));
        Assert.Equal([Moved(SagaPhase.Capturing, "FundsCredited", 120), CaptureHold], React(At(SagaPhase.Crediting), FundsCredited));
        Assert.Equal([Moved(SagaPhase.Completed, "HoldCaptured", null), CompletePayment], React(At(SagaPhase.Capturing), HoldCaptured));

        Assert.Equal(State(SagaPhase.Holding, 30), At(SagaPhase.Holding));
        Assert.Equal(State(SagaPhase.Crediting, 120), At(SagaPhase.Crediting));
        Assert.Equal(State(SagaPhase.Capturing, 120), At(SagaPhase.Capturing));
        Assert.Equal(State(SagaPhase.Completed, null), At(SagaPhase.Completed));
    }

    [Fact]
    public void A_payer_without_the_money_fails_the_payment_at_once()
    {
        SagaEvent[] failing = [Moved(SagaPhase.Failed, "FundsInsufficient", null, "insufficient_funds"), FailPayment("insufficient_funds")];

        Assert.Equal(failing, React(At(SagaPhase.Holding), FundsInsufficient));
        Assert.Equal(State(SagaPhase.Failed, null, "insufficient_funds"), Fold(At(SagaPhase.Holding), failing));
    }

    [Fact]
    public void A_payee_that_cannot_take_the_money_sends_it_back_and_then_fails_the_payment()
    {
        Assert.Equal(
            [Moved(SagaPhase.Releasing, "CreditRefused", 120, "balance_limit"), ReleaseHold],
            React(At(SagaPhase.Crediting), CreditRefused));
        Assert.Equal(
            [Moved(SagaPhase.Failed, "HoldReleased", null, "balance_limit"), FailPayment("balance_limit")],
            React(At(SagaPhase.Releasing), HoldReleased));

        Assert.Equal(State(SagaPhase.Releasing, 120, "balance_limit"), At(SagaPhase.Releasing));
        Assert.Equal(State(SagaPhase.Failed, null, "balance_limit"), At(SagaPhase.Failed));
    }

    [Theory]
    [InlineData(SagaPhase.Holding, "FundsHeld", "FundsInsufficient")]
    [InlineData(SagaPhase.Crediting, "FundsCredited", "CreditRefused")]
    [InlineData(SagaPhase.Capturing, "HoldCaptured")]
    [InlineData(SagaPhase.Releasing, "HoldReleased")]
    [InlineData(SagaPhase.Completed)]
    [InlineData(SagaPhase.Failed)]
    public void A_phase_obeys_the_signals_it_waits_for_and_ignores_all_others(SagaPhase phase, params string[] awaited)
    {
        Signal[] all =
        [
            Requested,
            new Signal.OfPayment(new PaymentEvent.Completed(Terms.Payment)),
            new Signal.OfPayment(new PaymentEvent.Failed(Terms.Payment, "x")),
            new Signal.OfWallet(new WalletEvent.Opened(Payer, Terms.Payer, Amount.Currency)),
            new Signal.OfWallet(new WalletEvent.Deposited(MovementId.For(Terms.Payment), Amount, null)),
            new Signal.OfWallet(new WalletEvent.Withdrawn(MovementId.For(Terms.Payment), Amount, null)),
            FundsHeld, FundsInsufficient, FundsCredited, CreditRefused, HoldCaptured, HoldReleased,
        ];

        Assert.Equal(awaited, all.Where(signal => React(At(phase), signal).Length > 0).Select(signal => signal.Name));
    }

    [Fact]
    public void Only_a_request_starts_a_saga() => Assert.All(
        [
            FundsHeld, FundsInsufficient, FundsCredited, CreditRefused, HoldCaptured, HoldReleased,
            new Signal.DeadlinePassed(SagaPhase.Holding),
        ],
        signal => Assert.Empty(React(null, signal)));

    [Theory]
    [InlineData(SagaPhase.Holding, 30)]
    [InlineData(SagaPhase.Crediting, 120)]
    [InlineData(SagaPhase.Capturing, 120)]
    [InlineData(SagaPhase.Releasing, 120)]
    public void Silence_at_the_deadline_makes_a_saga_overdue_once(SagaPhase phase, int seconds)
    {
        var (saga, deadline, passed) = (At(phase), Start.AddSeconds(seconds), new Signal.DeadlinePassed(phase));

        Assert.Empty(WalletPaymentSaga.React(saga, passed, deadline.AddTicks(-1)));
        SagaEvent[] overdue = [new SagaEvent.WentOverdue(phase, deadline)];
        Assert.Equal(overdue, WalletPaymentSaga.React(saga, passed, deadline));
        Assert.Equal(saga with { Overdue = true }, Fold(saga, overdue));
        Assert.Empty(WalletPaymentSaga.React(Fold(saga, overdue), passed, deadline.AddDays(1)));
    }

    [Fact]
    public void The_deadline_of_a_phase_that_is_over_is_ignored() => Assert.All(
        Ways.Keys,
        phase => Assert.All(
            Ways.Keys.Where(other => other != phase || At(phase).HasEnded),
            other => Assert.Empty(WalletPaymentSaga.React(At(phase), new Signal.DeadlinePassed(other), Start.AddDays(1)))));

    /// <summary>Silence is not an answer: what was awaited still counts, however late.</summary>
    [Fact]
    public void The_awaited_signal_moves_an_overdue_saga_on() => Assert.All(
        [
            (SagaPhase.Holding, FundsHeld), (SagaPhase.Holding, FundsInsufficient), (SagaPhase.Crediting, FundsCredited),
            (SagaPhase.Crediting, CreditRefused), (SagaPhase.Capturing, HoldCaptured), (SagaPhase.Releasing, HoldReleased),
        ],
        ((SagaPhase Phase, Signal Awaited) wait) =>
        {
            var inTime = At(wait.Phase);
            var late = Fold(inTime, [new SagaEvent.WentOverdue(wait.Phase, Start)]);

            Assert.Equal(React(inTime, wait.Awaited), React(late, wait.Awaited));
            Assert.Equal(Fold(inTime, React(inTime, wait.Awaited)), Fold(late, React(late, wait.Awaited)));
        });

    [Fact]
    public void A_hold_outlives_all_deadlines_many_times_over()
    {
        var longestWay = WalletPaymentSaga.HoldingTimeout + (2 * WalletPaymentSaga.StepTimeout);

        Assert.True(TimeSpan.FromSeconds(WalletPaymentSaga.HoldLifetimeSeconds) > 1_000 * longestWay);
    }

    [Fact]
    public void A_corrupt_stream_stops_the_fold()
    {
        Assert.All(
            [Moved(SagaPhase.Holding, "Requested", 30), new SagaEvent.WentOverdue(SagaPhase.Holding, Start), HoldFunds, CompletePayment],
            e => Stops(null, e));
        Assert.All(Ways.Keys, phase => Stops(At(phase), new SagaEvent.Started(Terms)));
        Assert.All([SagaPhase.Completed, SagaPhase.Failed], phase =>
        {
            Stops(At(phase), Moved(SagaPhase.Holding, "Requested", 30));
            Stops(At(phase), new SagaEvent.WentOverdue(phase, Start));
        });
        Stops(At(SagaPhase.Crediting), new SagaEvent.WentOverdue(SagaPhase.Holding, Start));
    }

    private static void Stops(WalletPaymentSaga? saga, SagaEvent e) =>
        Assert.Throws<UnreachableStateException>(() => WalletPaymentSaga.Evolve(saga, e));
}
