using System.Text.Json.Serialization;
using Payments.Contracts.Events;

namespace Payments.Contracts.Payments;

/// <summary>A payment as the API shows it. Amounts in minor units.</summary>
/// <param name="Status"><c>pending</c>, <c>completed</c>, <c>failed</c>, <c>partially_refunded</c> or <c>refunded</c>.</param>
/// <param name="FailureCode">Why it failed, for example <c>insufficient_funds</c>.</param>
/// <param name="Method"><c>wallet</c>, <c>card</c> or <c>transfer</c>.</param>
/// <param name="PayerWalletId">Absent when a card paid.</param>
/// <param name="Fee">Kept back from what the payee got.</param>
/// <param name="EndedAt">When it was completed or failed; refunds come after that.</param>
public sealed record PaymentView(
    Guid PaymentId,
    string Status,
    string? FailureCode,
    string Method,
    Guid? PayerWalletId,
    Guid PayeeWalletId,
    long Amount,
    string Currency,
    long Fee,
    long RefundedAmount,
    string? Reference,
    DateTimeOffset RequestedAt,
    DateTimeOffset? EndedAt)
{
    [JsonIgnore]
    public bool IsPending => Status == "pending";

    [JsonIgnore]
    public TimeSpan? Took => EndedAt - RequestedAt;
}

/// <param name="Next">Give it as <c>after</c> for the next page; absent on the last one.</param>
public sealed record PaymentPage(IReadOnlyList<PaymentView> Items, Guid? Next);

public sealed record PaymentHistory(Guid PaymentId, IReadOnlyList<HistoryEvent> Events);

public sealed record AcceptedPayment(Guid PaymentId, string Status);

public sealed record SecondCounts(DateTimeOffset At, long Requested, long Completed, long Failed);

public sealed record Latency(double P50, double P99);

public sealed record PaymentOverview(
    long Pending,
    long Completed,
    long Failed,
    long LastPosition,
    long DeadLetters,
    IReadOnlyList<SecondCounts> PerSecond,
    Latency? LatencyMs);
