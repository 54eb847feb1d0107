namespace Payments.Domain.Payments;

/// <summary>What a payment is about: fixed when it is requested, carried by every step that works on it.</summary>
public sealed record PaymentTerms(
    PaymentId Payment,
    WalletId PayerWallet,
    UserId Payer,
    WalletId PayeeWallet,
    UserId Payee,
    Money Amount,
    string? Reference);

/// <summary>What has happened to one payment.</summary>
public abstract record PaymentEvent
{
    private PaymentEvent()
    {
    }

    public sealed record Requested(PaymentTerms Terms) : PaymentEvent;

    public sealed record Completed(PaymentId Payment) : PaymentEvent;

    /// <summary>The payment ended without moving money. <paramref name="Code"/> is one of <see cref="RefusalCodes"/>.</summary>
    public sealed record Failed(PaymentId Payment, string Code) : PaymentEvent;
}

/// <summary>What one payment can be asked to do.</summary>
public abstract record PaymentCommand
{
    private PaymentCommand()
    {
    }

    public sealed record Request(PaymentTerms Terms) : PaymentCommand;

    public sealed record Complete(PaymentId Payment) : PaymentCommand;

    public sealed record Fail(PaymentId Payment, string Code) : PaymentCommand;
}
