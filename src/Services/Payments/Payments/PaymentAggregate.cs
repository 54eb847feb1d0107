using System.Text.Json;
using Payments.Contracts.Wire;
using Payments.Domain;
using Payments.Domain.Payments;
using Payments.EventStore.Aggregates;
using Payments.EventStore.Contract;
using Payments.EventStore.Projections;
using Payments.Hosting;
using Payments.Messaging.Consuming;
using Payments.Messaging.Topics;
using Payments.PaymentService.Refunds;

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
        RoutingKey = (payment, _) => KeyOf(payment.Terms),
        Project = change =>
        [
            new("payments", JsonSerializer.SerializeToUtf8Bytes(Row(change), PaymentJson.Default.PaymentRow)),
            .. RefundRow.Of(change),
        ],
    };

    public static InlineProjection Projection(IEventStore store) => new InlineProjection<Payment, PaymentEvent>(Definition, store)
    {
        Name = "payments",
        Version = 1,
        Tables = ["payments", "refunds", "payment_totals", "payment_seconds"],
        Seed = "insert into payment_totals default values",
        Filter = new EventFilter { StreamType = Definition.StreamType },
    };

    public static readonly ConsumerDefinition<Payment, PaymentEvent> Consumer = new()
    {
        Name = ConsumerNames.Payment,
        Topics = [PlatformTopics.PaymentCommands],
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

    private static string KeyOf(PaymentTerms terms) => terms.Source switch
    {
        PaymentSource.OfWallet { Owner: var owner } => RoutingKey.ForUser(owner.Value),
        PaymentSource.OfTransfer { Owner: var owner } => RoutingKey.ForUser(owner.Value),
        PaymentSource.OfCard => RoutingKey.ForPayment(terms.Payment.Value),
        var other => throw new UnreachableStateException(terms, other),
    };

    private static PaymentRow Row(Change<Payment, PaymentEvent> change)
    {
        var payment = change.After.State!;
        var isNew = change.Events.Any(e => e.Event is PaymentEvent.Requested);
        var ends = change.Events.Any(e => e.Event is PaymentEvent.Completed or PaymentEvent.Failed);
        return new PaymentRow(
            payment.Terms.Payment.Value,
            payment.Terms.Source.Method,
            payment.Terms.Source.PayerWallet?.Value,
            payment.Terms.PayeeWallet.Value,
            payment.Terms.Amount.Minor,
            payment.Terms.Amount.Currency.Code,
            payment.Terms.Fee.Minor,
            payment.Terms.Reference,
            StatusOf(payment.Status),
            payment.FailureCode,
            payment.Refunded.Minor,
            isNew ? change.DecidedAt : null,
            ends ? change.DecidedAt : null,
            change.DecidedAt,
            change.After.Version);
    }
}
