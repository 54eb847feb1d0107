using System.Collections.Immutable;
using Payments.Domain.Payments;
using Payments.Domain.Wallets;
using static Payments.Domain.Sagas.SagaPhase;

namespace Payments.Domain.Sagas;

/// <summary>One wallet payment on its way: hold, credit, capture. A refusal releases the hold; a silence is shown, never guessed.</summary>
/// <param name="Deadline">When silence in this phase becomes an alarm; null once the saga has ended.</param>
/// <param name="Overdue">The alarm was raised: nothing was heard by the deadline. The awaited signal still moves the saga on.</param>
public sealed record WalletPaymentSaga(PaymentTerms Terms, SagaPhase Phase, DateTimeOffset? Deadline, bool Overdue, string? FailureCode)
{
    /// <summary>A hold outlives every deadline of the saga many times over: it never lapses under a payment still on its way.</summary>
    public const int HoldLifetimeSeconds = 7 * 24 * 3600;

    public static readonly TimeSpan HoldingTimeout = TimeSpan.FromSeconds(30);
    public static readonly TimeSpan StepTimeout = TimeSpan.FromMinutes(2);

    public bool HasEnded => Phase is Completed or Failed;

    public static WalletPaymentSaga Evolve(WalletPaymentSaga? state, SagaEvent e) => (state, e) switch
    {
        (null, SagaEvent.Started s) => new WalletPaymentSaga(s.Terms, Holding, null, false, null),
        ({ HasEnded: false } s, SagaEvent.Moved m) =>
            s with { Phase = m.To, Deadline = m.Deadline, Overdue = false, FailureCode = m.FailureCode },
        ({ HasEnded: false } s, SagaEvent.WentOverdue late) when late.In == s.Phase => s with { Overdue = true },
        ({ } s, SagaEvent.WalletCommanded or SagaEvent.PaymentCommanded) => s, // Orders to others: history, not state.
        _ => throw new UnreachableStateException(state, e),
    };

    /// <summary>What the saga does on a signal: events to store, commands among them. None when the signal is late or repeated.</summary>
    public static ImmutableArray<SagaEvent> React(WalletPaymentSaga? state, Signal signal, DateTimeOffset now) => (state, signal) switch
    {
        (null, Signal.OfPayment { Event: PaymentEvent.Requested { Terms: var terms } } s) =>
            [new SagaEvent.Started(terms), .. Go(Holding, s, now + HoldingTimeout, HoldFunds(terms))],

        ({ Phase: Holding } saga, Signal.OfWallet { Event: WalletEvent.FundsHeld } s) =>
            Go(Crediting, s, now + StepTimeout, CreditFunds(saga.Terms)),
        ({ Phase: Holding } saga, Signal.OfWallet { Event: WalletEvent.FundsInsufficient } s) =>
            Fail(saga.Terms, s, RefusalCodes.InsufficientFunds),

        ({ Phase: Crediting } saga, Signal.OfWallet { Event: WalletEvent.FundsCredited } s) =>
            Go(Capturing, s, now + StepTimeout, CaptureHold(saga.Terms)),
        ({ Phase: Crediting } saga, Signal.OfWallet { Event: WalletEvent.CreditRefused refused } s) =>
            Go(Releasing, s, now + StepTimeout, ReleaseHold(saga.Terms), refused.Code),

        ({ Phase: Capturing } saga, Signal.OfWallet { Event: WalletEvent.HoldCaptured } s) =>
            End(Completed, s, null, new PaymentCommand.Complete(saga.Terms.Payment)),
        ({ Phase: Releasing } saga, Signal.OfWallet { Event: WalletEvent.HoldReleased } s) =>
            Fail(saga.Terms, s, saga.FailureCode ?? throw new UnreachableStateException(saga, signal)),

        ({ HasEnded: false, Overdue: false } saga, Signal.DeadlinePassed late) when late.Phase == saga.Phase && now >= saga.Deadline =>
            [new SagaEvent.WentOverdue(saga.Phase, now)],

        _ => [], // Late and repeated signals are normal: counted by the caller, not obeyed.
    };

    private static ImmutableArray<SagaEvent> Go(
        SagaPhase to, Signal because, DateTimeOffset deadline, WalletCommand command, string? failureCode = null) =>
        [new SagaEvent.Moved(to, because.Name, deadline, failureCode), new SagaEvent.WalletCommanded(command)];

    private static ImmutableArray<SagaEvent> Fail(PaymentTerms terms, Signal because, string code) =>
        End(Failed, because, code, new PaymentCommand.Fail(terms.Payment, code));

    private static ImmutableArray<SagaEvent> End(SagaPhase to, Signal because, string? failureCode, PaymentCommand command) =>
        [new SagaEvent.Moved(to, because.Name, null, failureCode), new SagaEvent.PaymentCommanded(command)];

    private static WalletCommand.Hold HoldFunds(PaymentTerms t) =>
        new(t.PayerWallet, HoldId.For(t.Payment), t.Payment, t.Amount, HoldLifetimeSeconds);

    private static WalletCommand.Credit CreditFunds(PaymentTerms t) => new(t.PayeeWallet, t.Payment, t.Amount, t.PayerWallet);

    private static WalletCommand.Capture CaptureHold(PaymentTerms t) =>
        new(t.PayerWallet, HoldId.For(t.Payment), t.Payment, t.Amount, t.PayeeWallet);

    private static WalletCommand.Release ReleaseHold(PaymentTerms t) => new(t.PayerWallet, HoldId.For(t.Payment), t.Payment);
}
