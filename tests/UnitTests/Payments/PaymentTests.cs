using System.Collections.Immutable;
using FsCheck.Fluent;
using Payments.Domain;
using Payments.Domain.Payments;
using UnitTests.Randomness;
using static UnitTests.Payments.PaymentScenario;

namespace UnitTests.Payments;

public sealed class PaymentTests
{
    private static readonly Payment Pending = new(
        Terms,
        PaymentStatus.Pending,
        null,
        Euro(0),
        ImmutableDictionary<RefundId, Money>.Empty,
        ImmutableDictionary<RefundId, bool>.Empty);

    private static readonly Payment Done = Pending with { Status = PaymentStatus.Completed };
    private static readonly Payment Undone = Pending with { Status = PaymentStatus.Failed, FailureCode = "insufficient_funds" };

    [Fact]
    public void A_payment_is_pending_until_it_is_completed_or_failed()
    {
        Assert.Equal((Pending, false), Folded(Requested));
        Assert.Equal((Done, true), Folded(Requested, Completed));
        Assert.Equal((Undone, true), Folded(Requested, Failed));
    }

    [Fact]
    public void Every_command_in_every_state_has_its_answer()
    {
        Accepts(null, Request, Requested);
        Refuses(null, Complete, "payment_not_found", "There is no such payment.");
        Refuses(null, Fail, "payment_not_found", "There is no such payment.");
        Refuses(null, RequestRefund(1), "payment_not_found", "There is no such payment.");

        Refuses(Pending, Request, "already_exists", $"Payment {Terms.Payment} was already requested.");
        Accepts(Pending, Complete, Completed);
        Accepts(Pending, Fail, Failed);

        Refuses(Done, Request, "already_exists", $"Payment {Terms.Payment} was already requested.");
        Accepts(Done, Complete);
        Refuses(Done, Fail, "payment_final", $"Payment {Terms.Payment} has already ended completed.");

        Refuses(Undone, Request, "already_exists", $"Payment {Terms.Payment} was already requested.");
        Refuses(Undone, Complete, "payment_final", $"Payment {Terms.Payment} has already ended failed.");
        Accepts(Undone, Fail);
    }

    [Fact]
    public void A_payment_to_the_same_wallet_is_refused() => Refuses(
        null,
        new PaymentCommand.Request(Terms with { PayeeWallet = Terms.Source.PayerWallet!.Value }),
        "same_wallet",
        "A payment goes from one wallet to another one.");

    [Fact]
    public void A_user_may_pay_from_one_own_wallet_to_another() => Requests(Terms with { Payee = UserId.Parse("anna") });

    [Fact]
    public void A_card_pays_into_any_wallet() => Requests(Terms with { Source = new PaymentSource.OfCard(CardToken.Parse("tok_visa")) });

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    [InlineData(Money.AmountMinorMax + 1)]
    [InlineData(long.MaxValue)]
    public void An_amount_out_of_range_is_refused(long minor) => Refuses(
        null,
        new PaymentCommand.Request(Terms with { Amount = Euro(minor) }),
        "amount_out_of_range",
        "An amount is from 1 to 1000000000000000 minor units.");

    [Theory]
    [InlineData(1)]
    [InlineData(Money.AmountMinorMax)]
    public void The_ends_of_the_range_are_accepted(long minor) => Requests(Terms with { Amount = Euro(minor), Fee = Euro(0) });

    [Fact]
    public void A_fee_leaves_something_of_the_amount()
    {
        Requests(Terms with { Fee = Euro(2_499) });
        Refuses(
            null,
            new PaymentCommand.Request(Terms with { Fee = Euro(2_500) }),
            "amount_below_fee",
            "The fee of 2500 EUR leaves nothing of 2500 EUR.");
    }

    [Fact]
    public void A_corrupt_stream_stops_the_fold()
    {
        Assert.All([Completed, Failed, RefundRequested(1, 1), RefundCompleted(1, 1), RefundFailed(1)], e => Stops(null, e));
        Assert.All([Pending, Done, Undone], payment => Stops(payment, Requested));
        Assert.All([Done, Undone], payment => Assert.All([Completed, Failed], e => Stops(payment, e)));
    }

    [Fact]
    public void Whatever_is_asked_in_whatever_order_a_payment_is_requested_once_and_ends_at_most_once() => Invariant.HoldsForAll(
        Gen.Elements(Request, Complete, Fail).ArrayOf().ToArbitrary(),
        commands =>
        {
            Payment? payment = null;
            var history = new List<PaymentEvent>();
            foreach (var command in commands)
            {
                foreach (var e in Payment.Decide(payment, command) is Decision<PaymentEvent>.Accepted accepted ? accepted.Events : [])
                {
                    payment = Payment.Evolve(payment, e);
                    history.Add(e);
                }
            }

            // The first request opens it, the first end after that closes it; nothing else ever happens.
            var end = commands.SkipWhile(command => command != Request).FirstOrDefault(command => command != Request);
            PaymentEvent[] expected = !commands.Contains(Request) ? []
                : end is null ? [Requested]
                : [Requested, end == Complete ? Completed : Failed];
            Assert.Equal(expected, history);
        });

    private static (Payment, bool IsFinal) Folded(params PaymentEvent[] history) => (Given(history), Given(history).IsFinal);

    private static void Requests(PaymentTerms terms) =>
        Accepts(null, new PaymentCommand.Request(terms), new PaymentEvent.Requested(terms));
}
