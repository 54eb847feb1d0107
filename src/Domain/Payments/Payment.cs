using System.Collections.Immutable;
using static Payments.Domain.RefusalCodes;

namespace Payments.Domain.Payments;

public enum PaymentStatus
{
    Pending,
    Completed,
    Failed,
    PartiallyRefunded,
    Refunded,
}

/// <summary>
/// One payment, folded from its events. It ends exactly once, completed or failed; what was completed can be refunded, up to its amount.
/// </summary>
/// <param name="Refunded">What has gone back.</param>
/// <param name="Refunds">Refunds that are on their way.</param>
/// <param name="EndedRefunds">Refunds that have ended, and whether they were completed.</param>
public sealed record Payment(
    PaymentTerms Terms,
    PaymentStatus Status,
    string? FailureCode,
    Money Refunded,
    ImmutableDictionary<RefundId, Money> Refunds,
    ImmutableDictionary<RefundId, bool> EndedRefunds) : IIdentified
{
    /// <summary>The most refunds of one payment: bounds its state.</summary>
    public const int RefundsMax = 1_000;

    string IIdentified.Identity => Terms.Payment.ToString();

    public bool IsFinal => Status != PaymentStatus.Pending;

    public bool IsCompleted => Status is not (PaymentStatus.Pending or PaymentStatus.Failed);

    /// <summary>What can still be refunded, refunds on their way counted as if they had succeeded.</summary>
    public Money Refundable => Refunds.Values.Aggregate(Terms.Amount - Refunded, (left, refund) => left - refund);

    public static Payment Evolve(Payment? state, PaymentEvent e) => (state, e) switch
    {
        (null, PaymentEvent.Requested r) => new Payment(
            r.Terms,
            PaymentStatus.Pending,
            null,
            Money.Zero(r.Terms.Amount.Currency),
            ImmutableDictionary<RefundId, Money>.Empty,
            ImmutableDictionary<RefundId, bool>.Empty),
        ({ IsFinal: false } p, PaymentEvent.Completed) => p with { Status = PaymentStatus.Completed },
        ({ IsFinal: false } p, PaymentEvent.Failed f) => p with { Status = PaymentStatus.Failed, FailureCode = f.Code },
        ({ IsCompleted: true } p, PaymentEvent.RefundRequested { Terms: var r })
            when r.Amount.IsPositive && r.Amount <= p.Refundable && !p.Knows(r.Refund) =>
                p with { Refunds = p.Refunds.Add(r.Refund, r.Amount) },
        ({ } p, PaymentEvent.RefundCompleted r) when p.Refunds.TryGetValue(r.Refund, out var amount) && amount == r.Amount =>
            WithRefunded(p, p.Refunded + amount) with
            {
                Refunds = p.Refunds.Remove(r.Refund),
                EndedRefunds = p.EndedRefunds.Add(r.Refund, true),
            },
        ({ } p, PaymentEvent.RefundFailed r) when p.Refunds.ContainsKey(r.Refund) => p with
        {
            Refunds = p.Refunds.Remove(r.Refund),
            EndedRefunds = p.EndedRefunds.Add(r.Refund, false),
        },
        _ => throw new UnreachableStateException(state, e),
    };

    public static Decision<PaymentEvent> Decide(Payment? state, PaymentCommand command) => (state, command) switch
    {
        (null, PaymentCommand.Request c) => Request(c.Terms),
        ({ } p, PaymentCommand.Request) => Refuse(AlreadyExists, $"Payment {p.Terms.Payment} was already requested."),
        (null, _) => Refuse(PaymentNotFound, "There is no such payment."),
        ({ IsFinal: false }, PaymentCommand.Complete c) => Accept(new PaymentEvent.Completed(c.Payment)),
        ({ IsFinal: false }, PaymentCommand.Fail c) => Accept(new PaymentEvent.Failed(c.Payment, c.Code)),
        ({ IsCompleted: true }, PaymentCommand.Complete) => Accept(), // The same command again.
        ({ Status: PaymentStatus.Failed }, PaymentCommand.Fail) => Accept(),
        ({ } p, PaymentCommand.Complete or PaymentCommand.Fail) =>
            Refuse(PaymentFinal, $"Payment {p.Terms.Payment} has already ended {Word(p.Status)}."),
        ({ } p, PaymentCommand.RequestRefund c) => RequestRefund(p, c),
        ({ } p, PaymentCommand.CompleteRefund c) =>
            EndRefund(p, c.Refund, completed: true, amount => new PaymentEvent.RefundCompleted(c.Payment, c.Refund, amount)),
        ({ } p, PaymentCommand.FailRefund c) =>
            EndRefund(p, c.Refund, completed: false, _ => new PaymentEvent.RefundFailed(c.Payment, c.Refund, c.Code)),
        _ => throw new UnreachableStateException(state, command),
    };

    private static Payment WithRefunded(Payment p, Money refunded) => p with
    {
        Refunded = refunded,
        Status = refunded == p.Terms.Amount ? PaymentStatus.Refunded : PaymentStatus.PartiallyRefunded,
    };

    private static Decision<PaymentEvent> Request(PaymentTerms terms) =>
        terms.Source.PayerWallet == terms.PayeeWallet ? Refuse(SameWallet, "A payment goes from one wallet to another one.")
        : OutOfRange(terms.Amount) ? Refuse(AmountOutOfRange, $"An amount is from 1 to {Money.AmountMinorMax} minor units.")
        : terms.Fee >= terms.Amount ? Refuse(AmountBelowFee, $"The fee of {terms.Fee} leaves nothing of {terms.Amount}.")
        : Accept(new PaymentEvent.Requested(terms));

    private static Decision<PaymentEvent> RequestRefund(Payment p, PaymentCommand.RequestRefund c)
    {
        var amount = c.Amount ?? p.Refundable;
        return p.Knows(c.Refund) ? Accept() // The same request again.
            : !p.IsCompleted
                ? Refuse(PaymentNotCompleted, $"Payment {p.Terms.Payment} is {Word(p.Status)}; only a completed one is refunded.")
            : p.Terms.Source is PaymentSource.OfTransfer ? Refuse(NotRefundable, "A transfer is not refunded: transfer the money back.")
            : amount.Currency != p.Terms.Amount.Currency
                ? Refuse(CurrencyMismatch, $"The payment was in {p.Terms.Amount.Currency}, not {amount.Currency}.")
            : amount > p.Refundable || !p.Refundable.IsPositive
                ? Refuse(RefundExceedsPayment, $"At most {p.Refundable} of payment {p.Terms.Payment} can still be refunded.")
            : p.Refunds.Count + p.EndedRefunds.Count >= RefundsMax
                ? Refuse(TooManyRefunds, $"Payment {p.Terms.Payment} has had {RefundsMax} refunds: no more are taken.")
            : OutOfRange(amount) ? Refuse(AmountOutOfRange, $"An amount is from 1 to {Money.AmountMinorMax} minor units.")
            : Accept(new PaymentEvent.RefundRequested(new RefundTerms(c.Refund, p.Terms, amount, c.Reason)));
    }

    private static Decision<PaymentEvent> EndRefund(Payment p, RefundId refund, bool completed, Func<Money, PaymentEvent> end) =>
        p.Refunds.TryGetValue(refund, out var amount) ? Accept(end(amount))
        : !p.EndedRefunds.TryGetValue(refund, out var before) ? Refuse(RefundNotFound, $"Payment {p.Terms.Payment} has no refund {refund}.")
        : before == completed ? Accept() // The same command again.
        : Refuse(PaymentFinal, $"Refund {refund} has already ended.");

    private bool Knows(RefundId refund) => Refunds.ContainsKey(refund) || EndedRefunds.ContainsKey(refund);

    private static string Word(PaymentStatus status) => status switch
    {
        PaymentStatus.PartiallyRefunded => "partially refunded",
        var other => other.ToString().ToLowerInvariant(),
    };

    private static bool OutOfRange(Money amount) => amount.Minor is <= 0 or > Money.AmountMinorMax;

    private static Decision<PaymentEvent> Accept(params ImmutableArray<PaymentEvent> events) => new Decision<PaymentEvent>.Accepted(events);

    private static Decision<PaymentEvent> Refuse(string code, string message) =>
        new Decision<PaymentEvent>.Refused(new Refusal(code, message));
}
