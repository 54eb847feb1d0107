using System.Text.Json.Serialization;
using Payments.Domain.Payments;
using Payments.Domain.Wallets;
using Payments.Domain.Wire;

namespace Payments.Domain.Sagas;

/// <summary>Where a wallet payment's saga stands: what it waits for, or how it ended.</summary>
[JsonConverter(typeof(SagaPhaseConverter))]
public enum SagaPhase
{
    /// <summary>Waits for the payer's wallet to set the money aside.</summary>
    Holding,

    /// <summary>Waits for the payee's wallet to take the money in.</summary>
    Crediting,

    /// <summary>Waits for the payer's wallet to let the held money go.</summary>
    Capturing,

    /// <summary>Undoing: waits for the payer's wallet to make the held money available again.</summary>
    Releasing,

    Completed,
    Failed,
}

/// <summary>What has happened to one saga.</summary>
public abstract record SagaEvent
{
    private SagaEvent()
    {
    }

    public sealed record Started(PaymentTerms Terms) : SagaEvent;

    /// <summary>The saga went on. <paramref name="Because"/> names the signal; the deadline is when silence becomes an alarm.</summary>
    public sealed record Moved(SagaPhase To, string Because, DateTimeOffset? Deadline, string? FailureCode) : SagaEvent;

    /// <summary>Nothing was heard in time. The saga goes on waiting, visibly: silence is not an answer.</summary>
    public sealed record WentOverdue(SagaPhase In, DateTimeOffset At) : SagaEvent;

    public sealed record WalletCommanded(WalletCommand Command) : SagaEvent;

    public sealed record PaymentCommanded(PaymentCommand Command) : SagaEvent;
}
