using Payments.Domain.Cards;
using Payments.Domain.Payments;
using Payments.Domain.Wallets;

namespace Payments.Domain.Sagas;

/// <summary>What sagas can ask for. Payer and payee are the payment's: a refund holds the payee's money and credits the payer.</summary>
internal static class SagaSteps
{
    /// <summary>
    /// Ten years, that is, never: a saga ends what it holds, however long that takes. Money that fell back under an operation still on its
    /// way would be there twice.
    /// </summary>
    private const int HoldLifetimeSeconds = 10 * 365 * 24 * 3600;

    public static SagaRequest HoldOfPayer(SagaTimeouts t) => Hold(t, PayerOf, HoldPurpose.Payment);

    public static SagaRequest HoldOfPayee(SagaTimeouts t) => Hold(t, PayeeOf, HoldPurpose.Refund);

    public static SagaRequest ReleasePayer(SagaTimeouts t) => Release(t, PayerOf);

    public static SagaRequest ReleasePayee(SagaTimeouts t) => Release(t, PayeeOf);

    public static SagaRequest CapturePayer(SagaTimeouts t) => Capture(t, PayerOf, terms => PayeeOf(terms));

    public static SagaRequest CapturePayee(SagaTimeouts t) => Capture(t, PayeeOf, PayerOrCard);

    public static SagaRequest CreditPayee(SagaTimeouts t) => Credit(t, PayeeOf, FeeOf, PayerOrCard);

    public static SagaRequest ReversePayee(SagaTimeouts t) => Reverse(t, PayeeOf, FeeOf, PayerOrCard);

    public static SagaRequest CreditPayer(SagaTimeouts t) => Credit(t, PayerOf, NoFee, terms => PayeeOf(terms), HoldPurpose.Refund);

    public static SagaRequest ReversePayer(SagaTimeouts t) => Reverse(t, PayerOf, NoFee, terms => PayeeOf(terms));

    public static SagaRequest AuthoriseCard(SagaTimeouts t) => Card(
        SagaPhases.Authorising,
        CardAct.Authorise,
        terms => new CardCommand.Authorise(terms.Operation, ((PaymentSource.OfCard)terms.Payment.Source).Token, terms.Amount),
        t.Authorise) with
    {
        AttemptsMax = 1,
        UndoOnSilence = RefusalCodes.CardProcessorUnavailable,
        CanUndoUnanswered = true, // A void also stops an authorisation that is still on its way.
    };

    public static SagaRequest VoidCard(SagaTimeouts t) => Card(
        SagaPhases.Voiding, CardAct.Void, terms => new CardCommand.Void(terms.Operation, terms.Amount), t.Card);

    public static SagaRequest CaptureCard(SagaTimeouts t) => Card(
        SagaPhases.CapturingCard, CardAct.Capture, terms => new CardCommand.Capture(terms.Operation, terms.Amount), t.Card);

    public static SagaRequest RefundCard(SagaTimeouts t) => Card(
        SagaPhases.RefundingCard,
        CardAct.Refund,
        terms => new CardCommand.Refund(terms.Operation, terms.Payment.Payment, terms.Amount),
        t.Card);

    private static SagaRequest Hold(SagaTimeouts t, Func<SagaTerms, WalletId> wallet, HoldPurpose purpose) => new()
    {
        Phase = SagaPhases.Holding,
        Awaits = terms => $"FundsHeld from wallet {wallet(terms)}",
        Command = terms => Wallet(new WalletCommand.Hold(
            wallet(terms), HoldId.For(terms.Operation), terms.Operation, terms.Amount, HoldLifetimeSeconds, purpose)),
        ReadReply = (terms, signal) => signal switch
        {
            Signal.OfWallet { Event: WalletEvent.FundsHeld e } s =>
                StepReply.If(IsFrom(s, wallet(terms)) && e.Hold == HoldId.For(terms.Operation) && e.Amount == terms.Amount),
            Signal.OfWallet { Event: WalletEvent.FundsInsufficient } => new StepReply.Refused(RefusalCodes.InsufficientFunds),
            Signal.OfWallet { Event: WalletEvent.HoldRefused e } => new StepReply.Refused(e.Code),
            _ => null,
        },
        Timeout = t.Hold,
        CanUndoUnanswered = true, // A release also stops a hold that is still on its way.
    };

    private static SagaRequest Release(SagaTimeouts t, Func<SagaTerms, WalletId> wallet) => new()
    {
        Phase = SagaPhases.Releasing,
        Awaits = terms => $"HoldReleased from wallet {wallet(terms)}",
        Command = terms => Wallet(new WalletCommand.Release(wallet(terms), HoldId.For(terms.Operation), terms.Operation)),
        ReadReply = (terms, signal) => signal switch
        {
            Signal.OfWallet { Event: WalletEvent.HoldReleased e } s => StepReply.If(IsFrom(s, wallet(terms)) && e.Amount == terms.Amount),
            Signal.OfWallet { Event: WalletEvent.HoldNotOpen } s => StepReply.If(IsFrom(s, wallet(terms))),
            _ => null,
        },
        Timeout = t.Wallet,
    };

    private static SagaRequest Capture(SagaTimeouts t, Func<SagaTerms, WalletId> wallet, Func<SagaTerms, WalletId?> payee) => new()
    {
        Phase = SagaPhases.Capturing,
        Awaits = terms => $"HoldCaptured from wallet {wallet(terms)}",
        Command = terms => Wallet(new WalletCommand.Capture(
            wallet(terms), HoldId.For(terms.Operation), terms.Operation, terms.Amount, payee(terms))),
        ReadReply = (terms, signal) => signal switch
        {
            Signal.OfWallet { Event: WalletEvent.HoldCaptured e } s => StepReply.If(IsFrom(s, wallet(terms)) && e.Amount == terms.Amount),
            Signal.OfWallet { Event: WalletEvent.CaptureRefused e } => new StepReply.Refused(e.Code),
            _ => null,
        },
        Timeout = t.Wallet,
    };

    private static SagaRequest Credit(
        SagaTimeouts t,
        Func<SagaTerms, WalletId> wallet,
        Func<SagaTerms, Money> fee,
        Func<SagaTerms, WalletId?> payer,
        HoldPurpose purpose = HoldPurpose.Payment) => new()
        {
            Phase = SagaPhases.Crediting,
            Awaits = terms => $"FundsCredited from wallet {wallet(terms)}",
            Command = terms => Wallet(new WalletCommand.Credit(
                wallet(terms), terms.Operation, terms.Amount, fee(terms), payer(terms), purpose)),
            ReadReply = (terms, signal) => signal switch
            {
                Signal.OfWallet { Event: WalletEvent.FundsCredited e } s =>
                    StepReply.If(IsFrom(s, wallet(terms)) && e.Amount == terms.Amount),
                Signal.OfWallet { Event: WalletEvent.CreditRefused e } => new StepReply.Refused(e.Code),
                _ => null,
            },
            Timeout = t.Wallet,
        };

    private static SagaRequest Reverse(
        SagaTimeouts t, Func<SagaTerms, WalletId> wallet, Func<SagaTerms, Money> fee, Func<SagaTerms, WalletId?> payer) => new()
        {
            Phase = SagaPhases.Reversing,
            Awaits = terms => $"CreditReversed from wallet {wallet(terms)}",
            Command = terms => Wallet(new WalletCommand.ReverseCredit(
                wallet(terms), terms.Operation, terms.Amount, fee(terms), payer(terms))),
            ReadReply = (terms, signal) => signal switch
            {
                Signal.OfWallet { Event: WalletEvent.CreditReversed e } s =>
                    StepReply.If(IsFrom(s, wallet(terms)) && e.Amount == terms.Amount),
                Signal.OfWallet { Event: WalletEvent.CreditReversalRefused e } => new StepReply.Refused(e.Code),
                _ => null,
            },
            Timeout = t.Wallet,
        };

    private static SagaRequest Card(string phase, CardAct act, Func<SagaTerms, CardCommand> command, TimeSpan timeout) => new()
    {
        Phase = phase,
        Awaits = _ => $"the card processor's answer to {act.ToString().ToLowerInvariant()}",
        Command = terms => new SagaEvent.CardCommanded(command(terms)),
        ReadReply = (terms, signal) => signal is Signal.OfCard { Answer: var answer } && answer.Act == act
            ? answer.DeclineCode is { } code ? new StepReply.Refused(code)
                : StepReply.If(act == CardAct.Void || answer.Amount == terms.Amount) // Undone is what was there, which may be nothing.
            : null,
        Timeout = timeout,
        IsOutside = true,
    };

    private static bool IsFrom(Signal.OfWallet signal, WalletId wallet) => signal.From is null || signal.From == wallet;

    private static SagaEvent.WalletCommanded Wallet(WalletCommand command) => new(command);

    private static Money FeeOf(SagaTerms terms) => terms.Payment.Fee;

    private static Money NoFee(SagaTerms terms) => Money.Zero(terms.Amount.Currency);

    private static WalletId PayeeOf(SagaTerms terms) => terms.Payment.PayeeWallet;

    private static WalletId? PayerOrCard(SagaTerms terms) => terms.Payment.Source.PayerWallet;

    private static WalletId PayerOf(SagaTerms terms) =>
        terms.Payment.Source.PayerWallet ?? throw new UnreachableStateException(terms, terms.Payment.Source);
}
