using System.Diagnostics.Metrics;
using Payments.SagaService.Sagas;

namespace Payments.SagaService.Cards;

/// <summary>The breaker of the card step as a metric, as this process last knew it.</summary>
internal static class BreakerMetrics
{
    private static readonly Meter Meter = new(SagaMetrics.MeterName);
    private static readonly Counter<long> Opened = Meter.CreateCounter<long>(
        "payments.card.breaker.opened", "{time}", "How often this process has opened the breaker of the card step.");

    private static Func<double>? _look;

    static BreakerMetrics() => Meter.CreateObservableGauge(
        "payments.card.breaker.state",
        () => _look is { } look ? [new Measurement<double>(look())] : Array.Empty<Measurement<double>>(),
        "{state}",
        "0: closed, all well. 1: half open, the next call tries the processor out. 2: open, nothing is sent to it.");

    /// <summary>One breaker of this process is shown: there is one.</summary>
    public static void Show(Func<double> look)
    {
        _look = look;
        Opened.Add(0); // So that the first time shows as a rise.
    }

    public static void CountOpened() => Opened.Add(1);
}
