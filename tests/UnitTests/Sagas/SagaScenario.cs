using Payments.Domain;
using Payments.Domain.Payments;
using Payments.Domain.Sagas;
using Payments.Domain.Wallets;

namespace UnitTests.Sagas;

/// <summary>One payment of 25 euro from Anna to Ben: everything its saga can hear and say, and the way to each of its phases.</summary>
internal static class SagaScenario
{
    public static readonly DateTimeOffset Start = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
    public static readonly Money Amount = new(2_500, Currency.Parse("EUR"));
    public static readonly PaymentId Payment = new(Id(1));
    public static readonly HoldId Hold = HoldId.For(Payment);
    public static readonly WalletId Payer = new(Id(2));
    public static readonly WalletId Payee = new(Id(3));
    public static readonly PaymentTerms Terms = new(Payment, Payer, UserId.Parse("anna"), Payee, UserId.Parse("ben"), Amount, null);

    public static readonly Signal Requested = new Signal.OfPayment(new PaymentEvent.Requested(Terms));
    public static readonly Signal FundsHeld = new Signal.OfWallet(new WalletEvent.FundsHeld(Hold, Payment, Amount, Start.AddDays(7)));
    public static readonly Signal FundsInsufficient =
        new Signal.OfWallet(new WalletEvent.FundsInsufficient(Hold, Payment, Amount, Money.Zero(Amount.Currency)));
    public static readonly Signal FundsCredited = new Signal.OfWallet(new WalletEvent.FundsCredited(Payment, Amount, Payer));
    public static readonly Signal CreditRefused = new Signal.OfWallet(new WalletEvent.CreditRefused(Payment, Amount, "balance_limit"));
    public static readonly Signal HoldCaptured =
        new Signal.OfWallet(new WalletEvent.HoldCaptured(Hold, Payment, Amount, Money.Zero(Amount.Currency), Payee));
    public static readonly Signal HoldReleased = new Signal.OfWallet(new WalletEvent.HoldReleased(Hold, Payment, Amount));

    public static readonly SagaEvent HoldFunds =
        new SagaEvent.WalletCommanded(new WalletCommand.Hold(Payer, Hold, Payment, Amount, 604_800));
    public static readonly SagaEvent CreditFunds = new SagaEvent.WalletCommanded(new WalletCommand.Credit(Payee, Payment, Amount, Payer));
    public static readonly SagaEvent CaptureHold =
        new SagaEvent.WalletCommanded(new WalletCommand.Capture(Payer, Hold, Payment, Amount, Payee));
    public static readonly SagaEvent ReleaseHold = new SagaEvent.WalletCommanded(new WalletCommand.Release(Payer, Hold, Payment));
    public static readonly SagaEvent CompletePayment = new SagaEvent.PaymentCommanded(new PaymentCommand.Complete(Payment));

    /// <summary>The signals that lead to each phase.</summary>
    public static readonly Dictionary<SagaPhase, Signal[]> Ways = new()
    {
        [SagaPhase.Holding] = [Requested],
        [SagaPhase.Crediting] = [Requested, FundsHeld],
        [SagaPhase.Capturing] = [Requested, FundsHeld, FundsCredited],
        [SagaPhase.Releasing] = [Requested, FundsHeld, CreditRefused],
        [SagaPhase.Completed] = [Requested, FundsHeld, FundsCredited, HoldCaptured],
        [SagaPhase.Failed] = [Requested, FundsHeld, CreditRefused, HoldReleased],
    };

    public static SagaEvent Moved(SagaPhase to, string because, int? deadlineSeconds, string? failureCode = null) =>
        new SagaEvent.Moved(to, because, deadlineSeconds is { } seconds ? Start.AddSeconds(seconds) : null, failureCode);

    public static SagaEvent FailPayment(string code) => new SagaEvent.PaymentCommanded(new PaymentCommand.Fail(Payment, code));

    public static WalletPaymentSaga State(SagaPhase phase, int? deadlineSeconds, string? failureCode = null) =>
        new(Terms, phase, deadlineSeconds is { } seconds ? Start.AddSeconds(seconds) : null, false, failureCode);

    public static WalletPaymentSaga At(SagaPhase phase) =>
        Ways[phase].Aggregate((WalletPaymentSaga?)null, (saga, signal) => Fold(saga, React(saga, signal)))!;

    public static SagaEvent[] React(WalletPaymentSaga? saga, Signal signal) => [.. WalletPaymentSaga.React(saga, signal, Start)];

    public static WalletPaymentSaga Fold(WalletPaymentSaga? saga, IEnumerable<SagaEvent> events) =>
        events.Aggregate(saga, WalletPaymentSaga.Evolve)!;

    private static Guid Id(int number) => new(number, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 0);
}
