using System.Text.Json.Serialization;
using Payments.Operations.History;
using Payments.PaymentService.Analytics;
using Payments.PaymentService.Refunds;

namespace Payments.PaymentService.Payments;

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
    public bool IsFinal => Status != "pending";
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

/// <summary>The row that <c>apply_payments</c> takes.</summary>
/// <param name="RequestedAt">When it was requested, if in this very change; else null.</param>
/// <param name="EndedAt">When it was completed or failed, if in this very change; else null.</param>
internal sealed record PaymentRow(
    Guid PaymentId,
    string Method,
    Guid? PayerWalletId,
    Guid PayeeWalletId,
    long Amount,
    string Currency,
    long Fee,
    string? Reference,
    string Status,
    string? FailureCode,
    long RefundedAmount,
    DateTimeOffset? RequestedAt,
    DateTimeOffset? EndedAt,
    DateTimeOffset ChangedAt,
    long Version);

/// <summary>What the wallet service says of a wallet; only the parts that never change are used.</summary>
internal sealed record WalletFacts(Guid WalletId, string UserId, string Currency);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(RequestPayment.Request), TypeInfoPropertyName = "RequestPayment")]
[JsonSerializable(typeof(RequestTransfer.Request), TypeInfoPropertyName = "RequestTransfer")]
[JsonSerializable(typeof(RequestRefund.Request), TypeInfoPropertyName = "RequestRefund")]
[JsonSerializable(typeof(PaymentView))]
[JsonSerializable(typeof(PaymentPage))]
[JsonSerializable(typeof(PaymentHistory))]
[JsonSerializable(typeof(AcceptedPayment))]
[JsonSerializable(typeof(PaymentOverview))]
[JsonSerializable(typeof(PaymentRow))]
[JsonSerializable(typeof(PaymentMinuteRow))]
[JsonSerializable(typeof(PaymentCounts))]
[JsonSerializable(typeof(FailureCounts))]
[JsonSerializable(typeof(RefundView))]
[JsonSerializable(typeof(RefundList))]
[JsonSerializable(typeof(AcceptedRefund))]
[JsonSerializable(typeof(RefundRow))]
[JsonSerializable(typeof(WalletFacts))]
internal sealed partial class PaymentJson : JsonSerializerContext;
