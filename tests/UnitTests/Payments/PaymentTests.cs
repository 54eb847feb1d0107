using FsCheck.Fluent;
using Payments.Domain;
using Payments.Domain.Payments;
using UnitTests.Randomness;

namespace UnitTests.Payments;

public sealed class PaymentTests
{
    private static readonly PaymentTerms Terms = new(
        new PaymentId(new Guid(1, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 0)),
        new WalletId(new Guid(2, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 0)),
        UserId.Parse("anna"),
        new WalletId(new Guid(3, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 0)),
        UserId.Parse("ben"),
        new Money(2_500, Currency.Parse("EUR")),
        "invoice 7");

    private static readonly PaymentEvent Requested = new PaymentEvent.Requested(Terms);
    private static readonly PaymentEvent Completed = new PaymentEvent.Completed(Terms.Payment);
    private static readonly PaymentEvent Failed = new PaymentEvent.Failed(Terms.Payment, "insufficient_funds");

    private static readonly PaymentCommand Request = new PaymentCommand.Request(Terms);
    private static readonly PaymentCommand Complete = new PaymentCommand.Complete(Terms.Payment);
    private static readonly PaymentCommand Fail = new PaymentCommand.Fail(Terms.Payment, "insufficient_funds");

    private static readonly Payment Pending = new(Terms, PaymentStatus.Pending, null);
    private static readonly Payment Done = new(Terms, PaymentStatus.Completed, null);
    private static readonly Payment Undone = new(Terms, PaymentStatus.Failed, "insufficient_funds");

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
        new PaymentCommand.Request(Terms with { PayeeWallet = Terms.PayerWallet }),
        "same_wallet",
        "A payment goes from one wallet to another one.");

    [Fact]
    public void A_user_may_pay_from_one_own_wallet_to_another() => Accepts(
        null,
        new PaymentCommand.Request(Terms with { Payee = Terms.Payer }),
        new PaymentEvent.Requested(Terms with { Payee = Terms.Payer }));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    [InlineData(Money.AmountMinorMax + 1)]
    [InlineData(long.MaxValue)]
    public void An_amount_out_of_range_is_refused(long minor) => Refuses(
        null,
        new PaymentCommand.Request(Terms with { Amount = Terms.Amount with { Minor = minor } }),
        "amount_out_of_range",
        "An amount is from 1 to 1000000000000000 minor units.");

    [Theory]
    [InlineData(1)]
    [InlineData(Money.AmountMinorMax)]
    public void The_ends_of_the_range_are_accepted(long minor)
    {
        var terms = Terms with { Amount = Terms.Amount with { Minor = minor } };

        Accepts(null, new PaymentCommand.Request(terms), new PaymentEvent.Requested(terms));
    }

    [Fact]
    public void A_corrupt_stream_stops_the_fold()
    {
        Stops(null, Completed, "Completed cannot happen to nothing: .");
        Stops(null, Failed, "Failed cannot happen to nothing: .");
        Assert.All([Pending, Done, Undone], payment => Stops(payment, Requested, $"Requested cannot happen to Payment: {payment}."));
        Assert.All([Done, Undone], payment => Stops(payment, Completed, $"Completed cannot happen to Payment: {payment}."));
        Assert.All([Done, Undone], payment => Stops(payment, Failed, $"Failed cannot happen to Payment: {payment}."));
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

    private static (Payment, bool IsFinal) Folded(params PaymentEvent[] history)
    {
        var payment = history.Aggregate((Payment?)null, Payment.Evolve)!;
        return (payment, payment.IsFinal);
    }

    private static void Accepts(Payment? payment, PaymentCommand command, params PaymentEvent[] expected) =>
        Assert.Equal(expected, Assert.IsType<Decision<PaymentEvent>.Accepted>(Payment.Decide(payment, command)).Events);

    private static void Refuses(Payment? payment, PaymentCommand command, string code, string message) =>
        Assert.Equal(new Decision<PaymentEvent>.Refused(new Refusal(code, message)), Payment.Decide(payment, command));

    private static void Stops(Payment? payment, PaymentEvent e, string message) =>
        Assert.Equal(message, Assert.Throws<UnreachableStateException>(() => Payment.Evolve(payment, e)).Message);
}
