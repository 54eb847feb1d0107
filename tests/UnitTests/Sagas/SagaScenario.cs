using Payments.Domain;
using Payments.Domain.Cards;
using Payments.Domain.Payments;
using Payments.Domain.Sagas;
using Payments.Domain.Wallets;
using static Payments.Domain.Sagas.SagaPhases;

namespace UnitTests.Sagas;

/// <summary>One place on the way of a saga: how long it waits there, what it has asked, and the answer that moves it on.</summary>
internal sealed record Stop(string Phase, int Seconds, SagaEvent Asks, Signal Done);

/// <summary>One kind of saga about one payment of 25 euro from Anna (or a card) to Ben, or a refund of 10 of them.</summary>
/// <param name="Way">From the first step to the last.</param>
/// <param name="WayBack">Every undoing there is, the last step's first.</param>
internal sealed record Course(
    string Name,
    Signal Begins,
    SagaTerms Terms,
    Stop[] Way,
    Stop[] WayBack,
    SagaEvent TellsCompleted,
    Func<string, SagaEvent> TellsFailed)
{
    public override string ToString() => Name;
}

/// <summary>Everything that the sagas of <see cref="Course"/> hear and say, and the way to each of their phases.</summary>
internal static class SagaScenario
{
    public static readonly DateTimeOffset Start = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
    public static readonly SagaEngine Engine = new(new SagaTimeouts());
    public static readonly WalletId Anna = new(Id(2));
    public static readonly WalletId Ben = new(Id(3));
    public static readonly PaymentId Paid = new(Id(1));
    public static readonly RefundId Refund = new(Id(4));
    public static readonly CardToken Card = CardToken.Parse("tok_visa");

    private static readonly PaymentTerms ByWallet = Terms(new PaymentSource.OfWallet(Anna, UserId.Parse("anna")));
    private static readonly PaymentTerms ByTransfer = Terms(new PaymentSource.OfTransfer(Anna, UserId.Parse("anna")));
    private static readonly PaymentTerms ByCard = Terms(new PaymentSource.OfCard(Card));

    public static readonly Course WalletPayment = OfWallets("wallet-payment", ByWallet);
    public static readonly Course Transfer = OfWallets("transfer", ByTransfer);
    public static readonly Course CardPayment = OfCard();
    public static readonly Course CreditFirst = OfCardCreditFirst();
    public static readonly Course WalletRefund = RefundOfWallet();
    public static readonly Course CardRefund = RefundOfCard();
    public static readonly Course[] All = [WalletPayment, Transfer, CardPayment, WalletRefund, CardRefund, CreditFirst];

    public static TheoryData<string> Names => [.. All.Select(course => course.Name)];

    public static Course Named(string name) => All.Single(course => course.Name == name);

    public static Money Euro(long minor) => new(minor, Currency.Parse("EUR"));

    public static Signal Late(string phase) => new Signal.DeadlinePassed(phase);

    /// <summary>Every answer that wallets and the card processor can give about an operation.</summary>
    public static Signal[] Answers(OperationId operation, Money amount)
    {
        var hold = HoldId.For(operation);
        return
        [
            .. new WalletEvent[]
            {
                new WalletEvent.FundsHeld(hold, operation, amount, Start, HoldPurpose.Payment, null),
                new WalletEvent.FundsInsufficient(hold, operation, amount, Euro(0)),
                new WalletEvent.HoldRefused(hold, operation, amount, "limit_per_day"),
                new WalletEvent.FundsCredited(operation, amount, Anna),
                new WalletEvent.CreditRefused(operation, amount, "wallet_frozen"),
                new WalletEvent.HoldCaptured(hold, operation, amount, Euro(0), Ben),
                new WalletEvent.CaptureRefused(hold, operation, amount, "hold_not_found"),
                new WalletEvent.HoldReleased(hold, operation, amount),
                new WalletEvent.HoldNotOpen(hold, operation),
                new WalletEvent.CreditReversed(operation, amount, Anna),
                new WalletEvent.CreditReversalRefused(operation, amount, "insufficient_funds"),
                new WalletEvent.HoldExpired(hold, operation, amount),
                new WalletEvent.FeeCharged(operation, amount),
                new WalletEvent.FeeReturned(operation, amount),
            }.Select(e => new Signal.OfWallet(e)),
            .. Enum.GetValues<CardAct>().SelectMany(act => new[] { Approved(operation, act, amount), Declined(operation, act, amount) }),
        ];
    }

    public static Signal Answer(Course course, string name) =>
        Answers(course.Terms.Operation, course.Terms.Amount).Single(signal => signal.Name == name);

    public static Signal Approved(OperationId operation, CardAct act, Money amount) => new Signal.OfCard(new(operation, act, amount, null));

    public static Signal Declined(OperationId operation, CardAct act, Money amount) =>
        new Signal.OfCard(new(operation, act, amount, "card_declined"));

    /// <summary>What a signal leaves in the books of the saga before it is acted upon: the card processor's word, nothing else.</summary>
    public static SagaEvent[] Evidence(Signal signal) => signal is Signal.OfCard card ? [new SagaEvent.CardAnswered(card.Answer)] : [];

    /// <summary>The same answer to what the saga asks now: a declined void is asked under a new key.</summary>
    public static Signal Now(Saga saga, Signal signal) =>
        signal is Signal.OfCard { Answer: var answer } ? new Signal.OfCard(answer with { Declines = saga.Declines }) : signal;

    /// <summary>The same command as the saga gives it now.</summary>
    public static SagaEvent Now(Saga saga, SagaEvent asks) => asks switch
    {
        SagaEvent.CardCommanded { Command: CardCommand.Void c } => new SagaEvent.CardCommanded(c with { Declines = saga.Declines }),
        SagaEvent.CardCommanded { Command: CardCommand.Refund c } => new SagaEvent.CardCommanded(c with { Declines = saga.Declines }),
        _ => asks,
    };

    /// <summary>
    /// The first events of a saga of this kind. No request begins a card payment that credits first any more: such a stream was written
    /// by a version before.
    /// </summary>
    public static SagaEvent[] Begin(Course course) =>
        [.. React(null, course.Begins).Select(e => e is SagaEvent.Started started ? started with { Definition = course.Name } : e)];

    public static SagaEvent Moved(Stop to, string because, string? failureCode = null) =>
        new SagaEvent.Moved(to.Phase, because, Start.AddSeconds(to.Seconds), failureCode);

    public static SagaEvent[] React(Saga? saga, Signal signal, DateTimeOffset? now = null) => [.. Engine.React(saga, signal, now ?? Start)];

    public static Saga Fold(Saga? saga, IEnumerable<SagaEvent> events) => events.Aggregate(saga, Saga.Evolve)!;

    public static Saga After(Saga? saga, Signal signal, DateTimeOffset? now = null) => Fold(saga, React(saga, signal, now));

    /// <summary>The saga in one of its phases, by the shortest way there.</summary>
    public static Saga At(Course course, string phase)
    {
        var answers = Answers(course.Terms.Operation, course.Terms.Amount);
        var reached = new List<Saga> { Fold(null, Begin(course)) };
        for (var i = 0; i < reached.Count; i++)
        {
            if (reached[i].Phase == phase)
            {
                return reached[i];
            }

            var saga = reached[i];
            reached.AddRange(answers.Select(signal => After(saga, signal)).Where(next => !reached.Exists(r => r.Phase == next.Phase)));
        }

        throw new ArgumentException($"{course} has no phase {phase}.", nameof(phase));
    }

    /// <summary>Every phase that a saga of this kind can be in.</summary>
    public static string[] Phases(Course course) =>
        [.. course.Way.Select(stop => stop.Phase), .. course.WayBack.Select(stop => stop.Phase), Completed, Failed];

    public static IEnumerable<(Course Course, Stop Stop)> Stops =>
        All.SelectMany(course => course.Way.Concat(course.WayBack).Select(stop => (course, stop)));

    private static Course OfWallets(string name, PaymentTerms terms)
    {
        var t = SagaTerms.Of(terms);
        return new Course(
            name,
            new Signal.OfPayment(new PaymentEvent.Requested(terms)),
            t,
            [
                new(Holding, 30, Hold(Anna, t, HoldPurpose.Payment), Held(t)),
                new(Crediting, 120, Asks(new WalletCommand.Credit(Ben, t.Operation, t.Amount, Euro(35), Anna)), Credited(t)),
                new(Capturing, 120, Capture(Anna, t, payee: Ben), Captured(t)),
            ],
            [
                new(Reversing, 120, Asks(new WalletCommand.ReverseCredit(Ben, t.Operation, t.Amount, Euro(35), Anna)), Reversed(t)),
                new(Releasing, 120, Asks(new WalletCommand.Release(Anna, HoldId.For(t.Operation), t.Operation)), Released(t)),
            ],
            new SagaEvent.PaymentCommanded(new PaymentCommand.Complete(Paid)),
            code => new SagaEvent.PaymentCommanded(new PaymentCommand.Fail(Paid, code)));
    }

    private static Course OfCard()
    {
        var t = SagaTerms.Of(ByCard);
        return new Course(
            "card-payment-v2",
            new Signal.OfPayment(new PaymentEvent.Requested(ByCard)),
            t,
            [
                new(Authorising, 180, Asks(new CardCommand.Authorise(t.Operation, Card, t.Amount)), Approved(t, CardAct.Authorise)),
                new(CapturingCard, 120, Asks(new CardCommand.Capture(t.Operation, t.Amount)), Approved(t, CardAct.Capture)),
                new(Crediting, 120, Asks(new WalletCommand.Credit(Ben, t.Operation, t.Amount, Euro(35), null)), Credited(t)),
            ],
            [
                new(RefundingCard, 120, Asks(new CardCommand.Refund(t.Operation, Paid, t.Amount)), Approved(t, CardAct.Refund)),
                new(Voiding, 120, Asks(new CardCommand.Void(t.Operation, t.Amount)), Approved(t, CardAct.Void)),
            ],
            new SagaEvent.PaymentCommanded(new PaymentCommand.Complete(Paid)),
            code => new SagaEvent.PaymentCommanded(new PaymentCommand.Fail(Paid, code)));
    }

    private static Course OfCardCreditFirst()
    {
        var t = SagaTerms.Of(ByCard);
        return new Course(
            "card-payment",
            new Signal.OfPayment(new PaymentEvent.Requested(ByCard)),
            t,
            [
                new(Authorising, 180, Asks(new CardCommand.Authorise(t.Operation, Card, t.Amount)), Approved(t, CardAct.Authorise)),
                new(Crediting, 120, Asks(new WalletCommand.Credit(Ben, t.Operation, t.Amount, Euro(35), null)), Credited(t)),
                new(CapturingCard, 120, Asks(new CardCommand.Capture(t.Operation, t.Amount)), Approved(t, CardAct.Capture)),
            ],
            [
                new(Reversing, 120, Asks(new WalletCommand.ReverseCredit(Ben, t.Operation, t.Amount, Euro(35), null)), Reversed(t)),
                new(Voiding, 120, Asks(new CardCommand.Void(t.Operation, t.Amount)), Approved(t, CardAct.Void)),
            ],
            new SagaEvent.PaymentCommanded(new PaymentCommand.Complete(Paid)),
            code => new SagaEvent.PaymentCommanded(new PaymentCommand.Fail(Paid, code)));
    }

    private static Course RefundOfWallet()
    {
        var refund = new RefundTerms(Refund, ByWallet, Euro(1_000), null);
        var t = SagaTerms.Of(refund);
        return OfRefund(
            "wallet-refund",
            refund,
            new(Crediting, 120, Asks(new WalletCommand.Credit(Anna, t.Operation, t.Amount, Euro(0), Ben, HoldPurpose.Refund)), Credited(t)),
            payer: Anna,
            [
                new(Reversing, 120, Asks(new WalletCommand.ReverseCredit(Anna, t.Operation, t.Amount, Euro(0), Ben)), Reversed(t)),
                new(Releasing, 120, Asks(new WalletCommand.Release(Ben, HoldId.For(t.Operation), t.Operation)), Released(t)),
            ]);
    }

    private static Course RefundOfCard()
    {
        var refund = new RefundTerms(Refund, ByCard, Euro(1_000), null);
        var t = SagaTerms.Of(refund);
        return OfRefund(
            "card-refund",
            refund,
            new(RefundingCard, 120, Asks(new CardCommand.Refund(t.Operation, Paid, t.Amount)), Approved(t, CardAct.Refund)),
            payer: null,
            [new(Releasing, 120, Asks(new WalletCommand.Release(Ben, HoldId.For(t.Operation), t.Operation)), Released(t))]);
    }

    private static Course OfRefund(string name, RefundTerms refund, Stop givesBack, WalletId? payer, Stop[] wayBack)
    {
        var t = SagaTerms.Of(refund);
        return new Course(
            name,
            new Signal.OfPayment(new PaymentEvent.RefundRequested(refund)),
            t,
            [
                new(Holding, 30, Hold(Ben, t, HoldPurpose.Refund), Held(t)),
                givesBack,
                new(Capturing, 120, Capture(Ben, t, payee: payer), Captured(t)),
            ],
            wayBack,
            new SagaEvent.PaymentCommanded(new PaymentCommand.CompleteRefund(Paid, Refund)),
            code => new SagaEvent.PaymentCommanded(new PaymentCommand.FailRefund(Paid, Refund, code)));
    }

    private static SagaEvent.WalletCommanded Hold(WalletId wallet, SagaTerms t, HoldPurpose purpose) =>
        Asks(new WalletCommand.Hold(wallet, HoldId.For(t.Operation), t.Operation, t.Amount, 315_360_000, purpose));

    private static SagaEvent.WalletCommanded Capture(WalletId wallet, SagaTerms t, WalletId? payee) =>
        Asks(new WalletCommand.Capture(wallet, HoldId.For(t.Operation), t.Operation, t.Amount, payee));

    private static SagaEvent.WalletCommanded Asks(WalletCommand command) => new(command);

    private static SagaEvent.CardCommanded Asks(CardCommand command) => new(command);

    private static Signal Held(SagaTerms t) => Of(t, "FundsHeld");

    private static Signal Credited(SagaTerms t) => Of(t, "FundsCredited");

    private static Signal Captured(SagaTerms t) => Of(t, "HoldCaptured");

    private static Signal Released(SagaTerms t) => Of(t, "HoldReleased");

    private static Signal Reversed(SagaTerms t) => Of(t, "CreditReversed");

    private static Signal Approved(SagaTerms t, CardAct act) => Approved(t.Operation, act, t.Amount);

    private static Signal Of(SagaTerms t, string name) => Answers(t.Operation, t.Amount).Single(signal => signal.Name == name);

    private static PaymentTerms Terms(PaymentSource source) =>
        new(Paid, source, Ben, UserId.Parse("ben"), Euro(2_500), Euro(35), null);

    private static Guid Id(int number) => new(number, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 0);
}
