using Payments.Domain.Payments;
using Payments.Domain.Sagas;
using Payments.Domain.Wallets;
using Payments.EventStore.Aggregates;
using Payments.Messaging.Consuming;
using Payments.PaymentService.Payments;
using Payments.SagaService.Sagas;
using Payments.Services;
using Payments.WalletService.Wallets;

namespace SimulationTests.Services;

/// <summary>Where the simulation takes hold of the services.</summary>
internal static class Seams
{
    public static AggregateDefinition<Payment, PaymentEvent> Payments => PaymentAggregate.Definition with { Project = _ => [] };

    public static ConsumerDefinition<Payment, PaymentEvent> PaymentConsumer => PaymentAggregate.Consumer;

    public static AggregateDefinition<Wallet, WalletEvent> Wallets => WalletAggregate.Definition;

    public static ConsumerDefinition<Wallet, WalletEvent> WalletConsumer(WalletRules rules) => WalletAggregate.Consumer with
    {
        Interpret = message => WalletAggregate.Consumer.Interpret(message) is { } order
            ? order with { Decide = (wallet, now) => Wallet.Decide(wallet, (WalletCommand)StoredEvents.Decode(message), now, rules) }
            : null,
    };

    public static string StoredPhase(string shown) => new[]
    {
        SagaPhases.Holding, SagaPhases.Authorising, SagaPhases.Crediting, SagaPhases.Capturing, SagaPhases.CapturingCard,
        SagaPhases.RefundingCard, SagaPhases.Releasing, SagaPhases.Reversing, SagaPhases.Voiding,
    }.First(p => SagaAggregate.NameOf(p) == shown);

    public static Guid CorrelationOf(Saga saga) => saga.Terms.Payment.Payment.Value;
}
