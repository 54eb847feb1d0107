using System.Collections.Frozen;
using System.Text.Json;
using Payments.Domain;
using Payments.Domain.Payments;
using Payments.Domain.Sagas;
using Payments.Domain.Wallets;
using Payments.Domain.Wire;
using Payments.EventStore;
using Payments.EventStore.Aggregates;
using Payments.EventStore.Projections;
using Payments.Messaging;
using Payments.Messaging.Consuming;
using Payments.Services;

namespace Payments.SagaService.Sagas;

/// <summary>How the saga is stored, sent and shown, and which messages are signals to it.</summary>
internal static class SagaAggregate
{
    /// <summary>What a saga listens to. The rest of the topic concerns others.</summary>
    private static readonly FrozenSet<string> SignalTypes = new[]
    {
        "payment.requested.v1", "wallet.funds-held.v1", "wallet.funds-insufficient.v1", "wallet.funds-credited.v1", "wallet.credit-refused.v1",
        "wallet.hold-captured.v1", "wallet.hold-released.v1",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> KnownTypes = WireFormat.Names.Select(n => n.Name).ToFrozenSet(StringComparer.Ordinal);

    public static readonly AggregateDefinition<WalletPaymentSaga, SagaEvent> Definition = new()
    {
        StreamType = "saga",
        Evolve = WalletPaymentSaga.Evolve,
        Decode = StoredEvents.Decode<SagaEvent>,
        Encode = WireFormat.Encode,
        Snapshots = new(StateFormat.Schema, StateFormat.Encode, StateFormat.DecodeSaga),
        RoutingKey = KeyOf,
        Project = change => [new("sagas", JsonSerializer.SerializeToUtf8Bytes(Row(change), SagaJson.Default.SagaRow))],
    };

    public static InlineProjection Projection(IEventStore store) => new InlineProjection<WalletPaymentSaga, SagaEvent>(Definition, store)
    {
        Name = "sagas",
        Version = 1,
        Tables = ["sagas", "saga_counts"],
        Filter = new EventFilter { StreamType = Definition.StreamType },
    };

    public static readonly ConsumerDefinition<WalletPaymentSaga, SagaEvent> Consumer = new()
    {
        Name = ConsumerNames.Saga,
        Topics = [Topics.PaymentEvents],
        Aggregate = Definition,
        Interpret = Interpret,
    };

    public static Decision<SagaEvent> Decide(WalletPaymentSaga? saga, Signal signal, DateTimeOffset now) =>
        new Decision<SagaEvent>.Accepted(WalletPaymentSaga.React(saga, signal, now));

    public static string NameOf(SagaPhase phase) => JsonNamingPolicy.SnakeCaseLower.ConvertName(phase.ToString());

    private static Order<WalletPaymentSaga, SagaEvent>? Interpret(Message message)
    {
        if (!SignalTypes.Contains(message.Headers.Type))
        {
            return KnownTypes.Contains(message.Headers.Type) ? null : throw new WireFormatException($"Unknown type '{message.Headers.Type}'.");
        }

        Signal signal = StoredEvents.Decode(message) switch
        {
            PaymentEvent e => new Signal.OfPayment(e),
            WalletEvent e => new Signal.OfWallet(e),
            var other => throw new WireFormatException($"{other.GetType().Name} is no signal."),
        };
        return new(
            Definition.Stream(message.Headers.Correlation),
            (saga, now) => Decide(saga, signal, now),
            StartsStream: signal is Signal.OfPayment { Event: PaymentEvent.Requested });
    }

    private static string KeyOf(WalletPaymentSaga saga, SagaEvent e) => e switch
    {
        SagaEvent.WalletCommanded { Command: WalletCommand.Credit } => RoutingKey.ForWallet(saga.Terms.PayeeWallet.Value),
        SagaEvent.WalletCommanded => RoutingKey.ForWallet(saga.Terms.PayerWallet.Value),
        SagaEvent.PaymentCommanded => RoutingKey.ForPayment(saga.Terms.Payment.Value),
        _ => RoutingKey.ForSaga(saga.Terms.Payment.Value),
    };

    private static SagaRow Row(Change<WalletPaymentSaga, SagaEvent> change)
    {
        var saga = change.After.State!;
        return new SagaRow(
            saga.Terms.Payment.Value,
            NameOf(saga.Phase),
            saga.Overdue,
            saga.Deadline,
            saga.Terms.PayerWallet.Value,
            saga.Terms.PayeeWallet.Value,
            saga.Terms.Amount.Minor,
            saga.Terms.Amount.Currency.Code,
            saga.FailureCode,
            change.DecidedAt,
            change.After.Version);
    }
}
