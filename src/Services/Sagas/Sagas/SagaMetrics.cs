using System.Diagnostics;
using System.Diagnostics.Metrics;
using Payments.Domain;
using Payments.Domain.Sagas;

namespace Payments.SagaService.Sagas;

/// <summary>Spans and meters of sagas and of the card step.</summary>
internal static class SagaMetrics
{
    public const string MeterName = "Payments.SagaService";
    public const string IgnoredName = "payments.saga.signals.ignored";

    private static readonly ActivitySource Source = new(MeterName);
    private static readonly Meter Meter = new(MeterName);
    private static readonly Counter<long> Ignored = Meter.CreateCounter<long>(
        IgnoredName, "{signal}", "Late and repeated signals: heard, and not executed.");

    private static readonly Counter<long> CardCalls = Meter.CreateCounter<long>(
        "payments.card.calls", "{call}", "What became of calls of the card processor.");

    /// <param name="saga">As it was when the signal came; null before its start.</param>
    public static void CountIgnored(string signal, Saga? saga) => Ignored.Add(
        1,
        new KeyValuePair<string, object?>("signal", signal),
        new KeyValuePair<string, object?>("phase", saga is null ? "none" : PhaseNames.Shown(saga.Phase)));

    public static void CountCardCall(string act, string outcome) => CardCalls.Add(
        1, new KeyValuePair<string, object?>("act", act), new KeyValuePair<string, object?>("outcome", outcome));

    /// <summary>
    /// The span of one step, within the handling of its signal; none where that is not traced, as in a dry run, which leaves no trace.
    /// </summary>
    /// <param name="saga">As it was when the signal came; null before its start.</param>
    public static Activity? StartStep(string signal, Saga? saga)
    {
        if (Activity.Current is not { Kind: ActivityKind.Consumer })
        {
            return null;
        }

        var span = Source.StartActivity($"saga step {signal}");
        span?.SetTag("payments.saga.definition", saga?.Definition);
        span?.SetTag("payments.saga.phase", saga is null ? "none" : PhaseNames.Shown(saga.Phase));
        return span;
    }

    /// <summary>Where the step led.</summary>
    public static void EndStep(Activity? span, Decision<SagaEvent> decision)
    {
        if (span is not null && decision is Decision<SagaEvent>.Accepted { Events: var events })
        {
            var moved = events.OfType<SagaEvent.Moved>().LastOrDefault();
            span.SetTag("payments.saga.moved_to", moved is null ? null : PhaseNames.Shown(moved.To));
            span.SetTag("payments.saga.ignored", events.IsEmpty);
        }
    }

    /// <summary>A span of the trace that the command belongs to.</summary>
    public static Activity? StartCardCall(string act, string? traceParent) =>
        Source.StartActivity($"card {act}", ActivityKind.Internal, traceParent);
}
