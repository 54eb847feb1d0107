using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Payments.EventStore.Subscriptions;

/// <summary>Meters of the subscriptions that this process works on.</summary>
internal static class SubscriptionMetrics
{
    private static readonly Meter Meter = new("Payments.EventStore");
    private static readonly ConcurrentDictionary<(string Log, string Subscription), long> Lags = [];
    private static readonly Counter<long> HandledEvents =
        Meter.CreateCounter<long>("payments.subscription.events", "{event}", "Events handled.");
    private static readonly Counter<long> Failures =
        Meter.CreateCounter<long>("payments.subscription.failures", "{failure}", "Batches that failed and are tried again.");

    private static readonly Counter<long> ParkedEvents = Meter.CreateCounter<long>(
        "payments.subscription.parked", "{event}", "Events that a projection goes on without, because the database refuses their rows.");

    static SubscriptionMetrics() => Meter.CreateObservableGauge(
        "payments.subscription.lag",
        () => Lags.Select(l => new Measurement<long>(l.Value, Tags(l.Key.Log, l.Key.Subscription))),
        "{event}",
        "Events of the log that the subscription has yet to look at.");

    public static void Handled(string log, string subscription, int count) => HandledEvents.Add(count, Tags(log, subscription));

    public static void Failed(string log, string subscription) => Failures.Add(1, Tags(log, subscription));

    public static void Parked(string log, string subscription, int count) => ParkedEvents.Add(count, Tags(log, subscription));

    public static void Lag(string log, string subscription, long events) => Lags[(log, subscription)] = Math.Max(0, events);

    /// <summary>Another process has it now, and knows its lag.</summary>
    public static void Left(string log, string subscription) => Lags.TryRemove((log, subscription), out _);

    private static KeyValuePair<string, object?>[] Tags(string log, string subscription) =>
        [new("log", log), new("subscription", subscription)];
}
