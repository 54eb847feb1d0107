namespace Payments.Domain.Payments;

/// <summary>What has happened to one payment.</summary>
public abstract record PaymentEvent
{
    private PaymentEvent()
    {
    }

    public sealed record Requested(PaymentTerms Terms) : PaymentEvent;

    public sealed record Completed(PaymentId Payment) : PaymentEvent;

    /// <summary>The payment ended without moving money.</summary>
    /// <param name="Code">One of <see cref="RefusalCodes"/>, or the card processor's.</param>
    public sealed record Failed(PaymentId Payment, string Code) : PaymentEvent;

    public sealed record RefundRequested(RefundTerms Terms) : PaymentEvent;

    public sealed record RefundCompleted(PaymentId Payment, RefundId Refund, Money Amount) : PaymentEvent;

    /// <summary>The refund ended without moving money; what it would have given back can be refunded again.</summary>
    public sealed record RefundFailed(PaymentId Payment, RefundId Refund, string Code) : PaymentEvent;
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

    /// <param name="Amount">Null: all that has not been refunded yet.</param>
    public sealed record RequestRefund(RefundId Refund, Money? Amount, string? Reason) : PaymentCommand;

    public sealed record CompleteRefund(PaymentId Payment, RefundId Refund) : PaymentCommand;

    public sealed record FailRefund(PaymentId Payment, RefundId Refund, string Code) : PaymentCommand;
}
