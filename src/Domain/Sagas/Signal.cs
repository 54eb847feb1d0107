using Payments.Domain.Cards;
using Payments.Domain.Payments;
using Payments.Domain.Wallets;

namespace Payments.Domain.Sagas;

/// <summary>What a saga hears: an event of a payment or a wallet, the card processor's answer, or its own clock.</summary>
public abstract record Signal
{
    private Signal()
    {
    }

    /// <summary>The word a history shows for this signal.</summary>
    public string Name => this switch
    {
        OfPayment s => s.Event.GetType().Name,
        OfWallet s => s.Event.GetType().Name,
        OfCard { Answer: var a } => $"{a.Act}{(a.IsApproved ? "Approved" : "Declined")}",
        _ => nameof(DeadlinePassed),
    };

    /// <summary>The operation, and so the saga, that a signal is about; null when it is about none.</summary>
    public OperationId? Operation => this switch
    {
        OfPayment { Event: PaymentEvent.Requested e } => OperationId.For(e.Terms.Payment),
        OfPayment { Event: PaymentEvent.RefundRequested e } => OperationId.For(e.Terms.Refund),
        OfWallet { Event: WalletEvent.FundsHeld e } => e.Operation,
        OfWallet { Event: WalletEvent.FundsInsufficient e } => e.Operation,
        OfWallet { Event: WalletEvent.HoldRefused e } => e.Operation,
        OfWallet { Event: WalletEvent.HoldReleased e } => e.Operation,
        OfWallet { Event: WalletEvent.HoldExpired e } => e.Operation,
        OfWallet { Event: WalletEvent.HoldNotOpen e } => e.Operation,
        OfWallet { Event: WalletEvent.HoldCaptured e } => e.Operation,
        OfWallet { Event: WalletEvent.CaptureRefused e } => e.Operation,
        OfWallet { Event: WalletEvent.FundsCredited e } => e.Operation,
        OfWallet { Event: WalletEvent.CreditRefused e } => e.Operation,
        OfWallet { Event: WalletEvent.CreditReversed e } => e.Operation,
        OfWallet { Event: WalletEvent.CreditReversalRefused e } => e.Operation,
        OfCard { Answer: var a } => a.Operation,
        _ => null,
    };

    public sealed record OfPayment(PaymentEvent Event) : Signal;

    /// <param name="From">The wallet that says it; null where that is not known.</param>
    public sealed record OfWallet(WalletEvent Event, WalletId? From = null) : Signal;

    public sealed record OfCard(CardAnswer Answer) : Signal;

    /// <summary>The deadline that was set in <paramref name="Phase"/> is over.</summary>
    public sealed record DeadlinePassed(string Phase) : Signal;
}
