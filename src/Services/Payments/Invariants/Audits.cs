using Payments.PaymentService.Payments;
using Payments.Services.Invariants.Auditing;

namespace Payments.PaymentService.Invariants;

/// <summary>The table of states that is compared with the events.</summary>
internal static class Audits
{
    public static readonly AuditedTable Table = AuditedTable.Of(
        "payments", "payment_id", PaymentJson.Default.PaymentRow, "requested_at", "ended_at");
}
