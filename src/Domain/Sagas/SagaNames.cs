namespace Payments.Domain.Sagas;

/// <summary>The kinds of sagas, as stored.</summary>
public static class SagaNames
{
    public const string WalletPayment = "wallet-payment";
    public const string Transfer = "transfer";

    /// <summary>Captures the card first and credits the payee then: docs/decisions/014-capture-before-credit.md.</summary>
    public const string CardPayment = "card-payment-v2";

    /// <summary>Credited the payee before the capture. None is started any more; those in flight end as they began.</summary>
    public const string CardPaymentCreditFirst = "card-payment";

    public const string WalletRefund = "wallet-refund";
    public const string CardRefund = "card-refund";
}

/// <summary>Where a saga can stand: what it waits for, or how it ended. As stored.</summary>
public static class SagaPhases
{
    /// <summary>Waits for a wallet to set the money aside.</summary>
    public const string Holding = "Holding";

    /// <summary>Waits for the card processor to set the money aside.</summary>
    public const string Authorising = "Authorising";

    /// <summary>Waits for a wallet to take the money in.</summary>
    public const string Crediting = "Crediting";

    /// <summary>Waits for a wallet to let the held money go.</summary>
    public const string Capturing = "Capturing";

    /// <summary>Waits for the card processor to take what was authorised.</summary>
    public const string CapturingCard = "CapturingCard";

    /// <summary>Waits for the card processor to give back what was captured: a refund, or the undoing of a capture.</summary>
    public const string RefundingCard = "RefundingCard";

    /// <summary>Undoing: waits for a wallet to make the held money available again.</summary>
    public const string Releasing = "Releasing";

    /// <summary>Undoing: waits for a wallet to give a credit back.</summary>
    public const string Reversing = "Reversing";

    /// <summary>Undoing: waits for the card processor to let the authorised money go.</summary>
    public const string Voiding = "Voiding";

    public const string Completed = "Completed";
    public const string Failed = "Failed";
}

/// <summary>How long sagas wait. Set by configuration; each saga keeps the deadline that was set when it began to wait.</summary>
public sealed record SagaTimeouts
{
    public TimeSpan Hold { get; init; } = TimeSpan.FromSeconds(30);

    public TimeSpan Wallet { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Longer than the breaker of the card step stays open: a payment outlives one outage of the processor.</summary>
    public TimeSpan Authorise { get; init; } = TimeSpan.FromMinutes(3);

    public TimeSpan Card { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>After a refusal that must not be: the pause before it is asked again, doubled each time.</summary>
    public TimeSpan RefusalPause { get; init; } = TimeSpan.FromSeconds(10);
}
