using System.Text.Json;
using Payments.Domain.Payments;
using Payments.EventStore.Aggregates;
using Payments.EventStore.Contract;
using Payments.PaymentService.Payments;

namespace Payments.PaymentService.Refunds;

/// <summary>The row that <c>apply_refunds</c> takes: of a refund that was requested, that has ended, or, in one change, both.</summary>
/// <param name="RequestedAt">Null: requested before.</param>
/// <param name="Status"><c>pending</c>, <c>completed</c> or <c>failed</c>.</param>
internal sealed record RefundRow(
    Guid RefundId,
    Guid PaymentId,
    long? Amount,
    string? Currency,
    string? Reason,
    string Status,
    string? FailureCode,
    DateTimeOffset? RequestedAt,
    DateTimeOffset? EndedAt)
{
    public static IEnumerable<ProjectionRow> Of(Change<Payment, PaymentEvent> change)
    {
        var rows = new Dictionary<Guid, RefundRow>();
        foreach (var (e, _, _) in change.Events)
        {
            if (Of(e, change.DecidedAt) is { } row)
            {
                rows[row.RefundId] = rows.TryGetValue(row.RefundId, out var requested)
                    ? requested with { Status = row.Status, FailureCode = row.FailureCode, EndedAt = row.EndedAt }
                    : row;
            }
        }

        return rows.Values.Select(row =>
            new ProjectionRow("refunds", JsonSerializer.SerializeToUtf8Bytes(row, PaymentJson.Default.RefundRow)));
    }

    private static RefundRow? Of(PaymentEvent e, DateTimeOffset at) => e switch
    {
        PaymentEvent.RefundRequested { Terms: var t } => new(
            t.Refund.Value, t.Payment.Payment.Value, t.Amount.Minor, t.Amount.Currency.Code, t.Reason, "pending", null, at, null),
        PaymentEvent.RefundCompleted r => new(r.Refund.Value, r.Payment.Value, null, null, null, "completed", null, null, at),
        PaymentEvent.RefundFailed r => new(r.Refund.Value, r.Payment.Value, null, null, null, "failed", r.Code, null, at),
        _ => null, // About the payment itself.
    };
}
