using System.Diagnostics.Metrics;
using Payments.Domain;
using Payments.Domain.Payments;
using Payments.EventStore.Contract;
using Payments.Hosting;
using Payments.Hosting.Metrics;
using Payments.PaymentService.Payments;

namespace Payments.PaymentService.Analytics;

/// <summary>The business in numbers, from the payment events as they are stored: outcomes, volume, and how long a payment takes.</summary>
/// <remarks>
/// A payment that a rule of the business ended (no funds, a declined card) is <c>refused</c>: the platform did what it is for. One that
/// the platform could not carry out is <c>failed</c>, and counts against the service level.
/// </remarks>
internal sealed class PaymentMetrics(IEventStore store)
{
    public const string MeterName = "Payments.PaymentService";

    private const int PaymentsRemembered = 50_000;

    /// <summary>Failures that no rule of the business explains.</summary>
    private static readonly HashSet<string> OfPlatform =
        new(StringComparer.Ordinal) { RefusalCodes.CardProcessorUnavailable, RefusalCodes.CompensatedByOperator };

    private static readonly Meter Meter = new(MeterName);
    private static readonly Counter<long> Outcomes = Meter.CreateCounter<long>(
        "payments.outcomes",
        "{payment}",
        "Payments and refunds by what became of them: requested, completed, refused, failed, refunded, refund_failed.");

    private static readonly Counter<double> Volume = Meter.CreateCounter<double>( // Its sum has no bounds.
        "payments.volume", "{minor}", "Money of these payments and refunds, in minor units of the currency.");

    private static readonly Counter<long> Failures = Meter.CreateCounter<long>(
        "payments.failures", "{payment}", "Payments and refunds that moved no money, by the code of the reason.");

    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>(
        "payments.duration",
        "s",
        "From the request of a payment to its end.",
        advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
        });

    private readonly Remembered<Request> _requests = new(PaymentsRemembered);

    public MeasuredEvents Events => new(new EventFilter { StreamType = PaymentAggregate.Definition.StreamType }, ObserveAsync);

    private async Task ObserveAsync(IReadOnlyList<StoredEvent> events, CancellationToken cancel)
    {
        foreach (var stored in events)
        {
            switch (StoredEvents.Decode<PaymentEvent>(stored))
            {
                case PaymentEvent.Requested e:
                    var request = Request.Of(e, stored.RecordedAt);
                    _requests.Note(e.Terms.Payment.Value, request);
                    Count("requested", request, request.Amount);
                    break;
                case PaymentEvent.Completed e:
                    await EndAsync(e.Payment, "completed", stored, cancel);
                    break;
                case PaymentEvent.Failed e:
                    await EndAsync(e.Payment, OfPlatform.Contains(e.Code) ? "failed" : "refused", stored, cancel);
                    Failures.Add(1, new("kind", "payment"), new KeyValuePair<string, object?>("code", e.Code));
                    break;
                case PaymentEvent.RefundCompleted e:
                    Count("refunded", await RequestOfAsync(e.Payment, stored, cancel), e.Amount);
                    break;
                case PaymentEvent.RefundFailed e:
                    Count("refund_failed", await RequestOfAsync(e.Payment, stored, cancel), null);
                    Failures.Add(1, new("kind", "refund"), new KeyValuePair<string, object?>("code", e.Code));
                    break;
            }
        }
    }

    private async Task EndAsync(PaymentId payment, string outcome, StoredEvent stored, CancellationToken cancel)
    {
        var request = await RequestOfAsync(payment, stored, cancel);
        Count(outcome, request, request?.Amount);
        if (request is not null)
        {
            Duration.Record(
                (stored.RecordedAt - request.At).TotalSeconds,
                new("method", request.Method),
                new KeyValuePair<string, object?>("outcome", outcome));
        }
    }

    private static void Count(string outcome, Request? request, Money? amount)
    {
        var currency = request?.Amount.Currency.Code ?? "unknown";
        Outcomes.Add(
            1,
            new("outcome", outcome),
            new("method", request?.Method ?? "unknown"),
            new KeyValuePair<string, object?>("currency", currency));
        if (amount is { } money)
        {
            Volume.Add(money.Minor, new("outcome", outcome), new KeyValuePair<string, object?>("currency", currency));
        }
    }

    /// <summary>Null: its first month is archived.</summary>
    private async Task<Request?> RequestOfAsync(PaymentId payment, StoredEvent stored, CancellationToken cancel)
    {
        if (_requests.Find(payment.Value) is { } known)
        {
            return known;
        }

        try
        {
            // Before this process had the metrics.
            var first = await store.ReadStreamAsync(stored.Stream, VersionRange.FromStart(1), 1, cancel);
            var request = Request.Of((PaymentEvent.Requested)StoredEvents.Decode<PaymentEvent>(first[0]), first[0].RecordedAt);
            _requests.Note(payment.Value, request);
            return request;
        }
        catch (StreamArchivedException)
        {
            return null;
        }
    }

    private sealed record Request(string Method, Money Amount, DateTimeOffset At)
    {
        public static Request Of(PaymentEvent.Requested e, DateTimeOffset at) => new(e.Terms.Source.Method, e.Terms.Amount, at);
    }
}
