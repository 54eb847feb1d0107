using Payments.Operations.Invariants.ProjectionChecks;
using Payments.PaymentService.Payments;

namespace Payments.PaymentService.Invariants;

/// <summary>The table of states that is compared with the events.</summary>
internal static class CheckedTables
{
    public static readonly CheckedTable Table = CheckedTable.Of(
        "payments", "payment_id", PaymentJson.Default.PaymentRow, "requested_at", "ended_at");
}
