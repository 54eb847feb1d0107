using System.Collections.Immutable;
using Payments.Domain;
using Payments.Domain.Payments;

namespace UnitTests.Payments;

/// <summary>Given what happened to a payment of 25 euro from Anna to Ben, when it is asked, then exactly this happens.</summary>
internal static class PaymentScenario
{
    public static readonly PaymentTerms Terms = new(
        new PaymentId(Id(1)),
        new PaymentSource.OfWallet(new WalletId(Id(2)), UserId.Parse("anna")),
        new WalletId(Id(3)),
        UserId.Parse("ben"),
        Euro(2_500),
        Euro(35),
        "invoice 7");

    public static readonly PaymentEvent Requested = new PaymentEvent.Requested(Terms);
    public static readonly PaymentEvent Completed = new PaymentEvent.Completed(Terms.Payment);
    public static readonly PaymentEvent Failed = new PaymentEvent.Failed(Terms.Payment, "insufficient_funds");

    public static readonly PaymentCommand Request = new PaymentCommand.Request(Terms);
    public static readonly PaymentCommand Complete = new PaymentCommand.Complete(Terms.Payment);
    public static readonly PaymentCommand Fail = new PaymentCommand.Fail(Terms.Payment, "insufficient_funds");

    public static Money Euro(long minor) => new(minor, Currency.Parse("EUR"));

    public static RefundId Refund(int number) => new(Id(100 + number));

    public static PaymentCommand RequestRefund(int number, long? minor = null) =>
        new PaymentCommand.RequestRefund(Refund(number), minor is { } amount ? Euro(amount) : null, "broken");

    public static PaymentCommand CompleteRefund(int number) => new PaymentCommand.CompleteRefund(Terms.Payment, Refund(number));

    public static PaymentCommand FailRefund(int number) => new PaymentCommand.FailRefund(Terms.Payment, Refund(number), "wallet_frozen");

    public static PaymentEvent RefundRequested(int number, long minor) =>
        new PaymentEvent.RefundRequested(new RefundTerms(Refund(number), Terms, Euro(minor), "broken"));

    public static PaymentEvent RefundCompleted(int number, long minor) =>
        new PaymentEvent.RefundCompleted(Terms.Payment, Refund(number), Euro(minor));

    public static PaymentEvent RefundFailed(int number) => new PaymentEvent.RefundFailed(Terms.Payment, Refund(number), "wallet_frozen");

    public static Payment Given(params IEnumerable<PaymentEvent> history) => history.Aggregate((Payment?)null, Payment.Evolve)!;

    public static void Accepts(Payment? payment, PaymentCommand command, params PaymentEvent[] expected) =>
        Assert.Equal(expected, Assert.IsType<Decision<PaymentEvent>.Accepted>(Payment.Decide(payment, command)).Events);

    public static void Refuses(Payment? payment, PaymentCommand command, string code, string message) =>
        Assert.Equal(new Decision<PaymentEvent>.Refused(new Refusal(code, message)), Payment.Decide(payment, command));

    public static void Stops(Payment? payment, PaymentEvent e) => Assert.StartsWith(
        $"{e.GetType().Name} cannot happen to {(payment is null ? "nothing" : "Payment")}: ",
        Assert.Throws<UnreachableStateException>(() => Payment.Evolve(payment, e)).Message,
        StringComparison.Ordinal);

    /// <summary>Every part of the payment; the refunds by value, which the equality of an immutable dictionary does not look at.</summary>
    public static void Same(Payment expected, Payment actual)
    {
        Assert.Equal(Sorted(expected.Refunds), Sorted(actual.Refunds));
        Assert.Equal(Sorted(expected.EndedRefunds), Sorted(actual.EndedRefunds));
        Assert.Equal(expected with { Refunds = actual.Refunds, EndedRefunds = actual.EndedRefunds }, actual);
    }

    private static IEnumerable<KeyValuePair<RefundId, T>> Sorted<T>(ImmutableDictionary<RefundId, T> all) => all.OrderBy(r => r.Key.Value);

    private static Guid Id(int number) => new(number, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 0);
}
