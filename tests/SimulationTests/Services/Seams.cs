using Payments.Domain.Payments;
using Payments.Domain.Sagas;
using Payments.EventStore.Aggregates;
using Payments.PaymentService.Payments;

namespace SimulationTests.Services;

/// <summary>Where the simulation takes hold of the services.</summary>
internal static class Seams
{
    public static AggregateDefinition<Payment, PaymentEvent> Payments => PaymentAggregate.Definition with { Project = _ => [] };

    public static Guid CorrelationOf(Saga saga) => saga.Terms.Payment.Payment.Value;
}
