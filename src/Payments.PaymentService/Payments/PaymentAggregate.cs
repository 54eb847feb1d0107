using System.Text.Json;
using Payments.Domain.Payments;
using Payments.Domain.Wire;
using Payments.EventStore;
using Payments.EventStore.Aggregates;
using Payments.EventStore.Projections;
using Payments.Messaging;
using Payments.Messaging.Consuming;
using Payments.Services;

namespace Payments.PaymentService.Payments;

/// <summary>How the payment aggregate is stored, sent and shown, and what the messages it gets mean.</summary>
internal static class PaymentAggregate
{
    public static readonly AggregateDefinition<Payment, PaymentEvent> Definition = new()
    {
        StreamType = "payment",
        Evolve = Payment.Evolve,
        Decode = StoredEvents.Decode<PaymentEvent>,
        Encode = WireFormat.Encode,
        Snapshots = new(StateFormat.Schema, StateFormat.Encode, StateFormat.DecodePayment),
        RoutingKey = (payment, _) => payment.Terms.Source is PaymentSource.OfWallet { Owner: var owner } ? RoutingKey.ForUser(owner.Value) : RoutingKey.ForPayment(payment.Terms.Payment.Value),
        Project = change => [new("payments", JsonSerializer.SerializeToUtf8Bytes(Row(change), PaymentJson.Default.PaymentRow))],
    };

    public static InlineProjection Projection(IEventStore store) => new InlineProjection<Payment, PaymentEvent>(Definition, store)
    {
        Name = "payments",
        Version = 1,
        Tables = ["payments", "payment_totals", "payment_seconds"],
        Seed = "insert into payment_totals default values",
        Filter = new EventFilter { StreamType = Definition.StreamType },
    };

    public static readonly ConsumerDefinition<Payment, PaymentEvent> Consumer = new()
    {
        Name = ConsumerNames.Payment,
        Topics = [Topics.PaymentCommands],
        Aggregate = Definition,
        Interpret = message =>
        {
            var command = (PaymentCommand)StoredEvents.Decode(message);
            var payment = command switch
            {
                PaymentCommand.Complete c => c.Payment,
                PaymentCommand.Fail c => c.Payment,
                PaymentCommand.CompleteRefund c => c.Payment,
                PaymentCommand.FailRefund c => c.Payment,
                _ => throw new WireFormatException($"{command.GetType().Name} is no command that comes by message."),
            };
            return new(Definition.Stream(payment.Value), (state, _) => Payment.Decide(state, command));
        },
    };

    public static string StatusOf(PaymentStatus status) => JsonNamingPolicy.SnakeCaseLower.ConvertName(status.ToString());

    private static PaymentRow Row(Change<Payment, PaymentEvent> change)
    {
        var payment = change.After.State!;
        var isNew = change.Events.Any(e => e.Event is PaymentEvent.Requested);
        return new PaymentRow(
            payment.Terms.Payment.Value,
            payment.Terms.Source.Method,
            payment.Terms.Source.PayerWallet!.Value.Value,
            payment.Terms.PayeeWallet.Value,
            payment.Terms.Amount.Minor,
            payment.Terms.Amount.Currency.Code,
            payment.Terms.Reference,
            StatusOf(payment.Status),
            payment.FailureCode,
            isNew ? change.DecidedAt : null,
            payment.IsFinal ? change.DecidedAt : null,
            change.DecidedAt,
            change.After.Version);
    }
}
