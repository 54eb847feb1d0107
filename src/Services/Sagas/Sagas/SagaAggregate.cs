using System.Collections.Frozen;
using Payments.Contracts.Wire;
using Payments.Domain;
using Payments.Domain.Payments;
using Payments.Domain.Sagas;
using Payments.Domain.Wallets;
using Payments.EventStore.Aggregates;
using Payments.EventStore.Contract;
using Payments.EventStore.Projections;
using Payments.Hosting;
using Payments.Messaging.Consuming;
using Payments.Messaging.Envelope;
using Payments.Messaging.Topics;

namespace Payments.SagaService.Sagas;

/// <summary>How the saga is stored, sent and shown, and which messages are signals to it.</summary>
internal static class SagaAggregate
{
    /// <summary>What a saga listens to. The rest of the topic concerns others.</summary>
    private static readonly FrozenSet<string> SignalTypes = new[]
    {
        "payment.requested.v1", "payment.refund-requested.v1",
        "wallet.funds-held.v1", "wallet.funds-insufficient.v1", "wallet.hold-refused.v1",
        "wallet.hold-released.v1", "wallet.hold-not-open.v1", "wallet.hold-captured.v1", "wallet.capture-refused.v1",
        "wallet.funds-credited.v1", "wallet.credit-refused.v1", "wallet.credit-reversed.v1", "wallet.credit-reversal-refused.v1",
    }.ToFrozenSet(StringComparer.Ordinal);

    private const string WalletStream = "wallet/";

    private static readonly FrozenSet<string> KnownTypes = WireFormat.Names.Select(n => n.Name).ToFrozenSet(StringComparer.Ordinal);

    public static readonly AggregateDefinition<Saga, SagaEvent> Definition = new()
    {
        StreamType = "saga",
        Evolve = Saga.Evolve,
        Decode = StoredEvents.Decode<SagaEvent>,
        Encode = WireFormat.Encode,
        Snapshots = new(StateFormat.Schema, StateFormat.Encode, StateFormat.DecodeSaga),
        RoutingKey = KeyOf,
        Project = SagaProjection.Rows,
    };

    public static InlineProjection Projection(IEventStore store) => new InlineProjection<Saga, SagaEvent>(Definition, store)
    {
        Name = "sagas",
        Version = 2,
        Tables = ["sagas", "saga_counts", "card_calls", "card_books", "saga_acts"],
        Filter = new EventFilter { StreamType = Definition.StreamType },
    };

    public static ConsumerDefinition<Saga, SagaEvent> Consumer(SagaEngine engine) => new()
    {
        Name = ConsumerNames.Saga,
        Topics = [PlatformTopics.PaymentEvents],
        Aggregate = Definition,
        Interpret = message => Interpret(engine, message),
    };

    public static Decision<SagaEvent> Decide(SagaEngine engine, Saga? saga, Signal signal, DateTimeOffset now) =>
        new Decision<SagaEvent>.Accepted(engine.React(saga, signal, now));

    private static Order<Saga, SagaEvent>? Interpret(SagaEngine engine, Message message)
    {
        if (!SignalTypes.Contains(message.Headers.Type))
        {
            return KnownTypes.Contains(message.Headers.Type)
                ? null
                : throw new WireFormatException($"Unknown type '{message.Headers.Type}'.");
        }

        Signal signal = StoredEvents.Decode(message) switch
        {
            PaymentEvent e => new Signal.OfPayment(e),
            WalletEvent e => new Signal.OfWallet(e, WalletOf(message)),
            var other => throw new WireFormatException($"{other.GetType().Name} is no signal."),
        };
        return signal.Operation is { } operation
            ? new(
                Definition.Stream(operation.Value),
                (saga, now) =>
                {
                    using var step = SagaMetrics.StartStep(signal.Name, saga);
                    var decision = Decide(engine, saga, signal, now);
                    SagaMetrics.EndStep(step, decision);
                    return decision;
                },
                StartsStream: SagaDefinitions.StartedBy(signal) is not null,
                WhenNothing: saga => SagaMetrics.CountIgnored(signal.Name, saga))
            : throw new WireFormatException($"{signal.Name} is about no operation.");
    }

    private static WalletId? WalletOf(Message message) =>
        message.Headers.Stream.StartsWith(WalletStream, StringComparison.Ordinal)
        && Guid.TryParseExact(message.Headers.Stream.AsSpan(WalletStream.Length), "D", out var wallet)
            ? new WalletId(wallet)
            : throw new WireFormatException($"'{message.Headers.Type}' is of no wallet.");

    private static string? KeyOf(Saga saga, SagaEvent e) => e switch
    {
        SagaEvent.WalletCommanded { Command: var command } => RoutingKey.ForWallet(WalletOf(command).Value),
        SagaEvent.PaymentCommanded => RoutingKey.ForPayment(saga.Terms.Payment.Payment.Value),
        SagaEvent.CardCommanded => null, // Carried out by this service itself.
        _ => RoutingKey.ForSaga(saga.Terms.Operation.Value),
    };

    private static WalletId WalletOf(WalletCommand command) => command switch
    {
        WalletCommand.Hold c => c.Wallet,
        WalletCommand.Release c => c.Wallet,
        WalletCommand.Capture c => c.Wallet,
        WalletCommand.Credit c => c.Wallet,
        WalletCommand.ReverseCredit c => c.Wallet,
        _ => throw new UnreachableStateException(null, command),
    };
}
