using FsCheck.Fluent;
using Payments.Contracts.Wire;
using Payments.Domain;
using Payments.Domain.Payments;
using UnitTests.Randomness;
using static UnitTests.Payments.PaymentScenario;

namespace UnitTests.Payments;

public sealed class RefundTests
{
    private static readonly Payment Done = Given(Requested, Completed);

    [Fact]
    public void Without_an_amount_all_that_is_left_is_refunded()
    {
        Accepts(Done, RequestRefund(1), RefundRequested(1, 2_500));
        Accepts(Given(Requested, Completed, RefundRequested(1, 1_000)), RequestRefund(2), RefundRequested(2, 1_500));
    }

    [Fact]
    public void A_refund_of_all_makes_the_payment_refunded_and_of_less_partially_refunded()
    {
        var whole = Given(Requested, Completed, RefundRequested(1, 2_500));
        Same(Done with { Refunds = Done.Refunds.Add(Refund(1), Euro(2_500)) }, whole);
        Accepts(whole, CompleteRefund(1), RefundCompleted(1, 2_500));
        Same(
            Done with
            {
                Status = PaymentStatus.Refunded,
                Refunded = Euro(2_500),
                EndedRefunds = Done.EndedRefunds.Add(Refund(1), true),
            },
            Payment.Evolve(whole, RefundCompleted(1, 2_500)));

        Same(
            Done with
            {
                Status = PaymentStatus.PartiallyRefunded,
                Refunded = Euro(1_000),
                EndedRefunds = Done.EndedRefunds.Add(Refund(1), true),
            },
            Given(Requested, Completed, RefundRequested(1, 1_000), RefundCompleted(1, 1_000)));
    }

    [Fact]
    public void Several_refunds_together_give_back_all_and_not_one_unit_more()
    {
        var two = Given(Requested, Completed, RefundRequested(1, 1_000), RefundCompleted(1, 1_000), RefundRequested(2, 700));

        Assert.Equal(Euro(800), two.Refundable); // The second is still on its way and counts all the same.
        Refuses(
            two, RequestRefund(3, 801), "refund_exceeds_payment", $"At most 800 EUR of payment {Terms.Payment} can still be refunded.");
        Accepts(two, RequestRefund(3, 800), RefundRequested(3, 800));
        var all = new[] { RefundRequested(3, 800), RefundCompleted(3, 800), RefundCompleted(2, 700) }.Aggregate(two, Payment.Evolve);
        Assert.Equal((PaymentStatus.Refunded, Euro(2_500), Euro(0)), (all.Status, all.Refunded, all.Refundable));
        Refuses(all, RequestRefund(4), "refund_exceeds_payment", $"At most 0 EUR of payment {Terms.Payment} can still be refunded.");
    }

    [Fact]
    public void What_a_failed_refund_would_have_given_back_can_be_refunded_again()
    {
        var on = Given(Requested, Completed, RefundRequested(1, 2_500));
        Accepts(on, FailRefund(1), RefundFailed(1));

        var failed = Payment.Evolve(on, RefundFailed(1));
        Same(Done with { EndedRefunds = Done.EndedRefunds.Add(Refund(1), false) }, failed);
        Accepts(failed, RequestRefund(2, 2_500), RefundRequested(2, 2_500));
    }

    [Theory]
    [InlineData(2_501)]
    [InlineData(Money.AmountMinorMax)]
    public void More_than_was_paid_is_refused(long minor) => Refuses(
        Done, RequestRefund(1, minor), "refund_exceeds_payment", $"At most 2500 EUR of payment {Terms.Payment} can still be refunded.");

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    public void Nothing_or_less_is_refused(long minor) => Refuses(
        Done, RequestRefund(1, minor), "amount_out_of_range", "An amount is from 1 to 1000000000000000 minor units.");

    [Fact]
    public void Another_currency_is_refused() => Refuses(
        Done,
        new PaymentCommand.RequestRefund(Refund(1), new Money(1, Currency.Parse("USD")), null),
        "currency_mismatch",
        "The payment was in EUR, not USD.");

    [Fact]
    public void Only_a_completed_payment_is_refunded()
    {
        Refuses(
            Given(Requested),
            RequestRefund(1),
            "payment_not_completed",
            $"Payment {Terms.Payment} is pending; only a completed one is refunded.");
        Refuses(
            Given(Requested, Failed),
            RequestRefund(1),
            "payment_not_completed",
            $"Payment {Terms.Payment} is failed; only a completed one is refunded.");
    }

    [Fact]
    public void A_transfer_is_not_refunded()
    {
        var source = (PaymentSource.OfWallet)Terms.Source;
        var transfer = Terms with { Source = new PaymentSource.OfTransfer(source.Wallet, source.Owner) };

        Refuses(
            Given(new PaymentEvent.Requested(transfer), Completed),
            RequestRefund(1),
            "not_refundable",
            "A transfer is not refunded: transfer the money back.");
    }

    [Fact]
    public void A_repeated_command_does_nothing()
    {
        var on = Given(Requested, Completed, RefundRequested(1, 2_500));
        Accepts(on, RequestRefund(1));
        Accepts(on, RequestRefund(1, 7)); // The same refund, whatever it says now.

        var completed = Payment.Evolve(on, RefundCompleted(1, 2_500));
        Accepts(completed, RequestRefund(1));
        Accepts(completed, CompleteRefund(1));
        Refuses(completed, FailRefund(1), "payment_final", $"Refund {Refund(1)} has already ended.");
        Accepts(completed, Complete);
        Refuses(completed, Fail, "payment_final", $"Payment {Terms.Payment} has already ended refunded.");

        var failed = Payment.Evolve(on, RefundFailed(1));
        Accepts(failed, RequestRefund(1));
        Accepts(failed, FailRefund(1));
        Refuses(failed, CompleteRefund(1), "payment_final", $"Refund {Refund(1)} has already ended.");
    }

    [Fact]
    public void A_refund_that_nobody_asked_for_does_not_end() => Assert.All(
        [CompleteRefund(1), FailRefund(1)],
        end => Refuses(Done, end, "refund_not_found", $"Payment {Terms.Payment} has no refund {Refund(1)}."));

    [Fact]
    public void A_payment_has_so_many_refunds_and_no_more()
    {
        var refunds = Enumerable.Range(1, Payment.RefundsMax).SelectMany(n => new[] { RefundRequested(n, 1), RefundFailed(n) });
        var often = Given([Requested, Completed, .. refunds]);

        Refuses(
            often, RequestRefund(0, 1), "too_many_refunds", $"Payment {Terms.Payment} has had 1000 refunds: no more are taken.");
    }

    [Fact]
    public void A_corrupt_stream_stops_the_fold()
    {
        Stops(Given(Requested), RefundRequested(1, 1));
        Stops(Given(Requested, Failed), RefundRequested(1, 1));
        Assert.All([2_501, 0, -1], minor => Stops(Done, RefundRequested(1, minor)));
        Assert.All([RefundCompleted(1, 1), RefundFailed(1)], e => Stops(Done, e));
        var on = Given(Requested, Completed, RefundRequested(1, 10));
        Assert.All([RefundRequested(1, 10), RefundRequested(1, 11), RefundCompleted(1, 9), RefundCompleted(1, 11)], e => Stops(on, e));
        Assert.All(
            [RefundRequested(1, 10), RefundCompleted(1, 10), RefundFailed(1)],
            e => Stops(Payment.Evolve(on, RefundCompleted(1, 10)), e));
    }

    [Fact]
    public void Whatever_is_asked_never_more_is_refunded_than_was_paid_and_a_snapshot_is_the_same_payment() => Invariant.HoldsForAll(
        (from number in Gen.Choose(1, 6)
         from minor in Gen.Choose(-1, 1_500)
         from command in Gen.Frequency(
             (4, Gen.Constant(RequestRefund(number, minor))),
             (1, Gen.Constant(RequestRefund(number))),
             (3, Gen.Constant(CompleteRefund(number))),
             (1, Gen.Constant(FailRefund(number))),
             (1, Gen.Constant(Complete)))
         select command).ArrayOf().ToArbitrary(),
        commands =>
        {
            var payment = Done;
            var history = new List<PaymentEvent>();
            foreach (var command in commands)
            {
                var events = Payment.Decide(payment, command) is Decision<PaymentEvent>.Accepted accepted ? accepted.Events : [];
                history.AddRange(events);
                payment = events.Aggregate(payment, Payment.Evolve);

                Assert.Equal(history.OfType<PaymentEvent.RefundCompleted>().Sum(e => e.Amount.Minor), payment.Refunded.Minor);
                Assert.InRange(payment.Refunded.Minor + payment.Refunds.Values.Sum(r => r.Minor), 0, Terms.Amount.Minor);
                Same(payment, StateFormat.DecodePayment(StateFormat.Encode(payment)));
                Assert.Empty(Payment.Decide(payment, command) is Decision<PaymentEvent>.Accepted again ? again.Events : []);
            }
        });
}
