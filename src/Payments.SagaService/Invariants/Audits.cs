using Payments.SagaService.Sagas;
using Payments.Services.Invariants.Auditing;

namespace Payments.SagaService.Invariants;

/// <summary>The table of states that is compared with the events.</summary>
internal static class Audits
{
    public static readonly AuditedTable Table = AuditedTable.Of("sagas", "saga_id", SagaJson.Default.SagaRow);
}
