using Payments.Domain;
using Payments.Domain.Cards;
using Payments.Domain.Payments;
using Payments.Domain.Sagas;
using Payments.Domain.Wallets;

namespace UnitTests.Wire;

/// <summary>What each golden file says, in C#. Members of one type differ in value, so that they cannot change places unseen.</summary>
internal static class Samples
{
    private static readonly Currency Eur = Currency.Parse("EUR");
    private static readonly PaymentId Payment = new(Guid.Parse("0198c0de-0000-7000-8000-000000000001"));
    private static readonly OperationId Operation = OperationId.For(Payment);
    private static readonly HoldId Hold = new(Guid.Parse("0198c0de-0000-7000-8000-000000000002"));
    private static readonly MovementId Movement = new(Guid.Parse("0198c0de-0000-7000-8000-000000000003"));
    private static readonly RefundId Refund = new(Guid.Parse("0198c0de-0000-7000-8000-000000000004"));
    private static readonly WalletId Anna = new(Guid.Parse("0198c0de-0000-7000-8000-00000000000a"));
    private static readonly WalletId Ben = new(Guid.Parse("0198c0de-0000-7000-8000-00000000000b"));
    private static readonly DateTimeOffset Noon = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateOnly Day = new(2026, 1, 31);
    private static readonly PaymentSource Wallet = new PaymentSource.OfWallet(Anna, UserId.Parse("anna"));
    private static readonly PaymentSource Transfer = new PaymentSource.OfTransfer(Anna, UserId.Parse("anna"));
    private static readonly PaymentSource Card = new PaymentSource.OfCard(CardToken.Parse("tok_visa-1"));

    /// <summary>By the file's name. What was written by an older schema version is read as it would be written today.</summary>
    public static readonly IReadOnlyDictionary<string, object> ByFile = new Dictionary<string, object>
    {
        ["wallet.opened.v1"] = new WalletEvent.Opened(Anna, UserId.Parse("anna+1@example.org"), Eur),
        ["wallet.deposited.v1"] = new WalletEvent.Deposited(Movement, Euro(10_000), "salary"),
        ["wallet.withdrawn.v1"] = new WalletEvent.Withdrawn(Movement, Euro(5_000), null, null),
        ["wallet.withdrawn.v1@2"] = new WalletEvent.Withdrawn(Movement, Euro(5_000), null, Day),
        ["wallet.funds-held.v1"] =
            new WalletEvent.FundsHeld(Hold, Operation, Euro(2_500), Noon.AddDays(7).AddTicks(1_234_567), HoldPurpose.Payment, null),
        ["wallet.funds-held.v1@2"] =
            new WalletEvent.FundsHeld(Hold, Operation, Euro(2_500), Noon.AddDays(7).AddTicks(1_234_567), HoldPurpose.Reservation, Day),
        ["wallet.funds-insufficient.v1"] = new WalletEvent.FundsInsufficient(Hold, Operation, Euro(2_500), Euro(2_499)),
        ["wallet.funds-insufficient.v1@2"] = new WalletEvent.FundsInsufficient(Hold, Operation, Euro(2_500), Euro(2_499)),
        ["wallet.hold-refused.v1"] = new WalletEvent.HoldRefused(Hold, Operation, Euro(2_500), "limit_per_day"),
        ["wallet.hold-released.v1"] = new WalletEvent.HoldReleased(Hold, Operation, Euro(2_500)),
        ["wallet.hold-released.v1@2"] = new WalletEvent.HoldReleased(Hold, Operation, Euro(2_500)),
        ["wallet.hold-expired.v1"] = new WalletEvent.HoldExpired(Hold, Operation, Euro(2_500)),
        ["wallet.hold-not-open.v1"] = new WalletEvent.HoldNotOpen(Hold, Operation),
        ["wallet.hold-captured.v1"] = new WalletEvent.HoldCaptured(Hold, Operation, Euro(2_400), Euro(100), Ben),
        ["wallet.hold-captured.v1@2"] = new WalletEvent.HoldCaptured(Hold, Operation, Euro(2_400), Euro(100), Ben),
        ["wallet.hold-captured.v1@2+card"] = new WalletEvent.HoldCaptured(Hold, Operation, Euro(2_400), Euro(100), null),
        ["wallet.capture-refused.v1"] = new WalletEvent.CaptureRefused(Hold, Operation, Euro(2_500), "hold_not_found"),
        ["wallet.funds-credited.v1"] = new WalletEvent.FundsCredited(Operation, Euro(2_500), Anna),
        ["wallet.funds-credited.v1@2"] = new WalletEvent.FundsCredited(Operation, Euro(2_500), Anna),
        ["wallet.funds-credited.v1@2+card"] = new WalletEvent.FundsCredited(Operation, Euro(2_500), null),
        ["wallet.fee-charged.v1"] = new WalletEvent.FeeCharged(Operation, Euro(35)),
        ["wallet.credit-refused.v1"] = new WalletEvent.CreditRefused(Operation, Euro(2_500), "balance_limit"),
        ["wallet.credit-refused.v1@2"] = new WalletEvent.CreditRefused(Operation, Euro(2_500), "balance_limit"),
        ["wallet.fee-returned.v1"] = new WalletEvent.FeeReturned(Operation, Euro(35)),
        ["wallet.credit-reversed.v1"] = new WalletEvent.CreditReversed(Operation, Euro(2_500), Anna),
        ["wallet.credit-reversal-refused.v1"] = new WalletEvent.CreditReversalRefused(Operation, Euro(2_500), "insufficient_funds"),
        ["wallet.frozen.v1"] = new WalletEvent.Frozen("lost phone"),
        ["wallet.unfrozen.v1"] = new WalletEvent.Unfrozen("found it"),
        ["wallet.overdraft-set.v1"] = new WalletEvent.OverdraftSet(Euro(50_000)),
        ["wallet.overdraft-set.v1+reason"] = new WalletEvent.OverdraftSet(Euro(50_000), "agreed by phone"),
        ["command.wallet.hold-funds.v1"] = new WalletCommand.Hold(Anna, Hold, Operation, Euro(2_500), 604_800, HoldPurpose.Payment),
        ["command.wallet.hold-funds.v1@2"] = new WalletCommand.Hold(Anna, Hold, Operation, Euro(2_500), 604_800, HoldPurpose.Refund),
        ["command.wallet.release-hold.v1"] = new WalletCommand.Release(Anna, Hold, Operation),
        ["command.wallet.release-hold.v1@2"] = new WalletCommand.Release(Anna, Hold, Operation),
        ["command.wallet.capture-hold.v1"] = new WalletCommand.Capture(Anna, Hold, Operation, Euro(2_500), Ben),
        ["command.wallet.capture-hold.v1@2"] = new WalletCommand.Capture(Anna, Hold, Operation, Euro(2_500), Ben),
        ["command.wallet.credit-funds.v1"] = new WalletCommand.Credit(Ben, Operation, Euro(2_500), Euro(0), Anna),
        ["command.wallet.credit-funds.v1@2"] = new WalletCommand.Credit(Ben, Operation, Euro(2_500), Euro(35), Anna),
        ["command.wallet.reverse-credit.v1"] = new WalletCommand.ReverseCredit(Ben, Operation, Euro(2_500), Euro(35), Anna),
        ["payment.requested.v1"] = new PaymentEvent.Requested(Terms(Wallet, 0, "invoice 7, “März”")),
        ["payment.requested.v1@2"] = new PaymentEvent.Requested(Terms(Wallet, 35, "invoice 7, “März”")),
        ["payment.requested.v1@2+transfer"] = new PaymentEvent.Requested(Terms(Transfer, 0, null)),
        ["payment.requested.v1@2+card"] = new PaymentEvent.Requested(Terms(Card, 65, "invoice 8")),
        ["payment.completed.v1"] = new PaymentEvent.Completed(Payment),
        ["payment.failed.v1"] = new PaymentEvent.Failed(Payment, "insufficient_funds"),
        ["payment.refund-requested.v1"] =
            new PaymentEvent.RefundRequested(new RefundTerms(Refund, Terms(Wallet, 35, null), Euro(1_000), "broken")),
        ["payment.refund-requested.v1+card"] =
            new PaymentEvent.RefundRequested(new RefundTerms(Refund, Terms(Card, 65, null), Euro(1_000), null)),
        ["payment.refund-completed.v1"] = new PaymentEvent.RefundCompleted(Payment, Refund, Euro(1_000)),
        ["payment.refund-failed.v1"] = new PaymentEvent.RefundFailed(Payment, Refund, "insufficient_funds"),
        ["command.payment.complete.v1"] = new PaymentCommand.Complete(Payment),
        ["command.payment.fail.v1"] = new PaymentCommand.Fail(Payment, "insufficient_funds"),
        ["command.payment.complete-refund.v1"] = new PaymentCommand.CompleteRefund(Payment, Refund),
        ["command.payment.fail-refund.v1"] = new PaymentCommand.FailRefund(Payment, Refund, "insufficient_funds"),
        ["command.card.authorise.v1"] = new CardCommand.Authorise(Operation, CardToken.Parse("tok_visa-1"), Euro(2_500)),
        ["command.card.capture.v1"] = new CardCommand.Capture(Operation, Euro(2_500)),
        ["command.card.void.v1"] = new CardCommand.Void(Operation, Euro(2_500)),
        ["command.card.void.v1+again"] = new CardCommand.Void(Operation, Euro(2_500), Declines: 1),
        ["command.card.refund.v1"] = new CardCommand.Refund(OperationId.For(Refund), Payment, Euro(1_000)),
        ["command.card.refund.v1+again"] = new CardCommand.Refund(OperationId.For(Refund), Payment, Euro(1_000), Declines: 1),
        ["saga.started.v1"] = new SagaEvent.Started("wallet-payment", SagaTerms.Of(Terms(Wallet, 0, null))),
        ["saga.started.v1@2"] =
            new SagaEvent.Started("wallet-refund", SagaTerms.Of(new RefundTerms(Refund, Terms(Wallet, 35, null), Euro(1_000), null))),
        ["saga.started.v1@2+card"] = new SagaEvent.Started("card-payment", SagaTerms.Of(Terms(Card, 65, null))),
        ["saga.started.v1@2+capture-first"] = new SagaEvent.Started("card-payment-v2", SagaTerms.Of(Terms(Card, 65, null))),
        ["saga.moved.v1"] = new SagaEvent.Moved("Releasing", "CreditRefused", Noon.AddMinutes(2), "balance_limit"),
        ["saga.retried.v1"] = new SagaEvent.Retried("Crediting", "DeadlinePassed", 2, Noon.AddMinutes(4)),
        ["saga.step-refused.v1"] = new SagaEvent.StepRefused("Reversing", "insufficient_funds", Noon.AddSeconds(10)),
        ["saga.went-overdue.v1"] = new SagaEvent.WentOverdue("Crediting", Noon),
        ["saga.compensation-requested.v1"] = new SagaEvent.CompensationRequested("Crediting"),
        ["saga.operator-acted.v1"] = new SagaEvent.OperatorActed(SagaIntervention.Compensate, "ops/olga", "payee asked for it"),
        ["saga.card-answered.v1"] = new SagaEvent.CardAnswered(new CardAnswer(Operation, CardAct.Capture, Euro(2_500), null)),
        ["saga.card-answered.v1+declined"] =
            new SagaEvent.CardAnswered(new CardAnswer(Operation, CardAct.Authorise, Euro(2_500), "card_declined")),
        ["saga.card-answered.v1+declared"] =
            new SagaEvent.CardAnswered(new CardAnswer(Operation, CardAct.Capture, Euro(2_500), null), IsDeclared: true),
        ["saga.card-answered.v1+again"] =
            new SagaEvent.CardAnswered(new CardAnswer(Operation, CardAct.Void, Euro(2_500), "declined", Declines: 1)),
    };

    private static Money Euro(long minor) => new(minor, Eur);

    private static PaymentTerms Terms(PaymentSource source, long fee, string? reference) =>
        new(Payment, source, Ben, UserId.Parse("ben"), Euro(2_500), Euro(fee), reference);
}
