namespace Payments.Domain.Payments;

/// <summary>Where the money of a payment comes from.</summary>
public abstract record PaymentSource
{
    private PaymentSource()
    {
    }

    /// <summary>The method's name in the API: <c>wallet</c>, <c>transfer</c> or <c>card</c>.</summary>
    public string Method => this switch
    {
        OfWallet => "wallet",
        OfTransfer => "transfer",
        OfCard => "card",
        _ => throw new UnreachableStateException(this, null),
    };

    /// <summary>The wallet that pays; null when it is a card.</summary>
    public WalletId? PayerWallet => this switch
    {
        OfWallet w => w.Wallet,
        OfTransfer t => t.Wallet,
        _ => null,
    };

    /// <summary>A payment for something, from a wallet.</summary>
    public sealed record OfWallet(WalletId Wallet, UserId Owner) : PaymentSource;

    /// <summary>Money that only changes its place: no fee, and no refund.</summary>
    public sealed record OfTransfer(WalletId Wallet, UserId Owner) : PaymentSource;

    public sealed record OfCard(CardToken Token) : PaymentSource;
}

/// <summary>What a payment is about: fixed when it is requested, carried by every step that works on it.</summary>
/// <param name="Fee">What the platform keeps of the amount: the payee gets the rest.</param>
public sealed record PaymentTerms(
    PaymentId Payment,
    PaymentSource Source,
    WalletId PayeeWallet,
    UserId Payee,
    Money Amount,
    Money Fee,
    string? Reference);

/// <summary>What a refund is about.</summary>
public sealed record RefundTerms(RefundId Refund, PaymentTerms Payment, Money Amount, string? Reason);
