using System.Collections.Immutable;
using static Payments.Domain.RefusalCodes;

namespace Payments.Domain.Payments;

public enum PaymentStatus
{
    Pending,
    Completed,
    Failed,
}

/// <summary>One payment, folded from its events. It ends exactly once: completed or failed.</summary>
public sealed record Payment(PaymentTerms Terms, PaymentStatus Status, string? FailureCode)
{
    public bool IsFinal => Status != PaymentStatus.Pending;

    public static Payment Evolve(Payment? state, PaymentEvent e) => (state, e) switch
    {
        (null, PaymentEvent.Requested r) => new Payment(r.Terms, PaymentStatus.Pending, null),
        ({ IsFinal: false } p, PaymentEvent.Completed) => p with { Status = PaymentStatus.Completed },
        ({ IsFinal: false } p, PaymentEvent.Failed f) => p with { Status = PaymentStatus.Failed, FailureCode = f.Code },
        _ => throw new UnreachableStateException(state, e),
    };

    public static Decision<PaymentEvent> Decide(Payment? state, PaymentCommand command) => (state, command) switch
    {
        (null, PaymentCommand.Request c) => Request(c.Terms),
        ({ } p, PaymentCommand.Request) => Refuse(AlreadyExists, $"Payment {p.Terms.Payment} was already requested."),
        (null, _) => Refuse(PaymentNotFound, "There is no such payment."),
        ({ IsFinal: false }, PaymentCommand.Complete c) => Accept(new PaymentEvent.Completed(c.Payment)),
        ({ IsFinal: false }, PaymentCommand.Fail c) => Accept(new PaymentEvent.Failed(c.Payment, c.Code)),
        ({ Status: PaymentStatus.Completed }, PaymentCommand.Complete) => Accept(), // The same command again.
        ({ Status: PaymentStatus.Failed }, PaymentCommand.Fail) => Accept(),
        ({ } p, _) => Refuse(PaymentFinal, $"Payment {p.Terms.Payment} has already ended {p.Status.ToString().ToLowerInvariant()}."),
    };

    private static Decision<PaymentEvent> Request(PaymentTerms terms) =>
        terms.PayerWallet == terms.PayeeWallet ? Refuse(SameWallet, "A payment goes from one wallet to another one.")
        : terms.Amount.Minor is <= 0 or > Money.AmountMinorMax
            ? Refuse(AmountOutOfRange, $"An amount is from 1 to {Money.AmountMinorMax} minor units.")
        : Accept(new PaymentEvent.Requested(terms));

    private static Decision<PaymentEvent> Accept(params ImmutableArray<PaymentEvent> events) => new Decision<PaymentEvent>.Accepted(events);

    private static Decision<PaymentEvent> Refuse(string code, string message) =>
        new Decision<PaymentEvent>.Refused(new Refusal(code, message));
}
