namespace Payments.Contracts.Payments;

/// <summary>A refund as the API shows it. Amounts in minor units.</summary>
/// <param name="Status"><c>pending</c>, <c>completed</c> or <c>failed</c>.</param>
/// <param name="FailureCode">Why it failed, for example <c>insufficient_funds</c>: the payee's wallet has not that much any more.</param>
public sealed record RefundView(
    Guid RefundId,
    Guid PaymentId,
    string Status,
    string? FailureCode,
    long Amount,
    string Currency,
    string? Reason,
    DateTimeOffset RequestedAt,
    DateTimeOffset? EndedAt);

/// <summary>All refunds of one payment, oldest first. Their number is bounded.</summary>
public sealed record RefundList(Guid PaymentId, IReadOnlyList<RefundView> Items);

public sealed record AcceptedRefund(Guid RefundId, Guid PaymentId, string Status, long Amount, string Currency);
