using Payments.Domain;
using Payments.Domain.Payments;
using Payments.Domain.Sagas;
using Payments.Domain.Wallets;

namespace UnitTests.Wire;

/// <summary>What each golden file says, in C#. Members of one type differ in value, so that they cannot change places unseen.</summary>
internal static class Samples
{
    private static readonly Currency Eur = Currency.Parse("EUR");
    private static readonly PaymentId Payment = new(Guid.Parse("0198c0de-0000-7000-8000-000000000001"));
    private static readonly HoldId Hold = new(Guid.Parse("0198c0de-0000-7000-8000-000000000002"));
    private static readonly MovementId Movement = new(Guid.Parse("0198c0de-0000-7000-8000-000000000003"));
    private static readonly WalletId Anna = new(Guid.Parse("0198c0de-0000-7000-8000-00000000000a"));
    private static readonly WalletId Ben = new(Guid.Parse("0198c0de-0000-7000-8000-00000000000b"));
    private static readonly DateTimeOffset Noon = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    public static readonly IReadOnlyDictionary<string, object> ByName = new Dictionary<string, object>
    {
        ["wallet.opened.v1"] = new WalletEvent.Opened(Anna, UserId.Parse("anna+1@example.org"), Eur),
        ["wallet.deposited.v1"] = new WalletEvent.Deposited(Movement, Euro(10_000), "salary"),
        ["wallet.withdrawn.v1"] = new WalletEvent.Withdrawn(Movement, Euro(5_000), null),
        ["wallet.funds-held.v1"] = new WalletEvent.FundsHeld(Hold, Payment, Euro(2_500), Noon.AddDays(7).AddTicks(1_234_567)),
        ["wallet.funds-insufficient.v1"] = new WalletEvent.FundsInsufficient(Hold, Payment, Euro(2_500), Euro(2_499)),
        ["wallet.hold-released.v1"] = new WalletEvent.HoldReleased(Hold, Payment, Euro(2_500)),
        ["wallet.hold-captured.v1"] = new WalletEvent.HoldCaptured(Hold, Payment, Euro(2_400), Euro(100), Ben),
        ["wallet.funds-credited.v1"] = new WalletEvent.FundsCredited(Payment, Euro(2_500), Anna),
        ["wallet.credit-refused.v1"] = new WalletEvent.CreditRefused(Payment, Euro(2_500), "balance_limit"),
        ["command.wallet.hold-funds.v1"] = new WalletCommand.Hold(Anna, Hold, Payment, Euro(2_500), 604_800),
        ["command.wallet.release-hold.v1"] = new WalletCommand.Release(Anna, Hold, Payment),
        ["command.wallet.capture-hold.v1"] = new WalletCommand.Capture(Anna, Hold, Payment, Euro(2_500), Ben),
        ["command.wallet.credit-funds.v1"] = new WalletCommand.Credit(Ben, Payment, Euro(2_500), Anna),
        ["payment.requested.v1"] = new PaymentEvent.Requested(Terms("invoice 7, “März”")),
        ["payment.completed.v1"] = new PaymentEvent.Completed(Payment),
        ["payment.failed.v1"] = new PaymentEvent.Failed(Payment, "insufficient_funds"),
        ["command.payment.complete.v1"] = new PaymentCommand.Complete(Payment),
        ["command.payment.fail.v1"] = new PaymentCommand.Fail(Payment, "insufficient_funds"),
        ["saga.started.v1"] = new SagaEvent.Started(Terms(null)),
        ["saga.moved.v1"] = new SagaEvent.Moved(SagaPhase.Releasing, "CreditRefused", Noon.AddMinutes(2), "balance_limit"),
        ["saga.went-overdue.v1"] = new SagaEvent.WentOverdue(SagaPhase.Crediting, Noon),
    };

    private static Money Euro(long minor) => new(minor, Eur);

    private static PaymentTerms Terms(string? reference) =>
        new(Payment, Anna, UserId.Parse("anna"), Ben, UserId.Parse("ben"), Euro(2_500), reference);
}
