using Payments.Domain.Sagas;
using Payments.Operations.Invariants;
using Payments.Operations.Invariants.ProjectionChecks;
using Payments.SagaService.Cards;
using Payments.SagaService.Sagas;
using Payments.ServiceDefaults.Configuration;

namespace Payments.SagaService.Invariants;

/// <summary>What the saga service looks at.</summary>
internal static class SagaInvariants
{
    public static readonly CheckedTable Table = CheckedTable.Of("sagas", "saga_id", SagaJson.Default.SagaRow);

    public static void AddSagaInvariants(this WebApplicationBuilder builder)
    {
        if (builder.Configuration.FindServiceAddresses(OpenHolds.Service).Count > 0)
        {
            builder.AddServiceClient(OpenHolds.Service);
        }
        else
        {
            builder.Services.AddHttpClient(OpenHolds.Service); // Without an address: what needs it then says so.
        }

        builder.Services.AddSingleton<OpenHolds>();
        builder.Services.AddSingleton<WalletMovements>();
        builder.Services.AddSingleton<ProcessorRecordsCopy>();
        builder.AddProjectionCheck<Saga, SagaEvent>(Table);
        builder.AddInvariant(HoldsMatchSagas.Name, provider => ActivatorUtilities.CreateInstance<HoldsMatchSagas>(provider).Invariant);
        builder.AddInvariant(MovementsAreOfSagas.Name, p => ActivatorUtilities.CreateInstance<MovementsAreOfSagas>(p).Invariant);
        builder.AddInvariant(SuspenseIsInFlight.Name, p => ActivatorUtilities.CreateInstance<SuspenseIsInFlight>(p).Invariant);
        builder.AddInvariant(AnswersAreAsAsked.Name, p => ActivatorUtilities.CreateInstance<AnswersAreAsAsked>(p).Invariant);
        if (builder.Configuration.FindServiceAddresses(HttpCardProcessor.Service).Count > 0)
        {
            builder.AddInvariant(
                CardRecordsAgree.Name, provider => ActivatorUtilities.CreateInstance<CardRecordsAgree>(provider).Invariant);
        }
    }
}
