using System.Text.Json;
using Payments.Domain.Payments;
using Payments.EventStore.Contract;
using Payments.EventStore.Projections;
using Payments.Hosting;
using Payments.PaymentService.Payments;

namespace Payments.PaymentService.Analytics;

/// <summary>The asynchronous projection behind <c>GET /api/analytics/payments</c>.</summary>
internal static class PaymentMinutes
{
    public static readonly AsynchronousProjection Projection = new()
    {
        Name = "payment_minutes",
        Version = 1,
        Tables = ["payment_minutes", "payments_counted"],
        Filter = new EventFilter { StreamType = PaymentAggregate.Definition.StreamType },
        Fold = events => events.Select(Row).OfType<PaymentMinuteRow>().Select(row =>
            new ProjectionRow("payment_minutes", JsonSerializer.SerializeToUtf8Bytes(row, PaymentJson.Default.PaymentMinuteRow))),
    };

    private static PaymentMinuteRow? Row(StoredEvent stored) => StoredEvents.Decode<PaymentEvent>(stored) switch
    {
        PaymentEvent.Requested e => new(
            e.Terms.Payment.Value, "requested", stored.RecordedAt, e.Terms.Amount.Minor, e.Terms.Amount.Currency.Code),
        PaymentEvent.Completed e => new(e.Payment.Value, "completed", stored.RecordedAt, null, null),
        PaymentEvent.Failed e => new(e.Payment.Value, "failed", stored.RecordedAt, null, null),
        PaymentEvent.RefundCompleted e => new(e.Payment.Value, "refunded", stored.RecordedAt, e.Amount.Minor, e.Amount.Currency.Code),
        PaymentEvent.RefundRequested or PaymentEvent.RefundFailed => null, // No money has gone back.
        var e => throw new InvalidOperationException($"{e.GetType().Name} is not counted yet."),
    };
}

/// <summary>The row that <c>apply_payment_minutes</c> takes.</summary>
/// <param name="Amount">Null: that of the payment, as it was requested.</param>
internal sealed record PaymentMinuteRow(Guid PaymentId, string Outcome, DateTimeOffset At, long? Amount, string? Currency);
