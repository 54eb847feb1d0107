using System.Text.Json.Serialization;
using Payments.Contracts.Payments;
using Payments.PaymentService.Analytics;
using Payments.PaymentService.Refunds;

namespace Payments.PaymentService.Payments;

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
