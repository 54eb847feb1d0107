using Payments.Domain.Payments;
using Payments.Domain.Wallets;

namespace Payments.Domain.Sagas;

/// <summary>What a saga hears: an event of a payment or a wallet, or its own clock.</summary>
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
        _ => nameof(DeadlinePassed),
    };

    public sealed record OfPayment(PaymentEvent Event) : Signal;

    public sealed record OfWallet(WalletEvent Event) : Signal;

    /// <summary>The deadline that was set when the saga entered <paramref name="Phase"/> is over.</summary>
    public sealed record DeadlinePassed(SagaPhase Phase) : Signal;
}
