using Payments.Console.Alerts;
using Payments.Console.Consumers;
using Payments.Console.DeadLetters;
using Payments.Console.PaymentPages;
using Payments.Console.Sagas;
using Payments.Console.Text;
using Payments.Contracts;

namespace Payments.Console.Overview;

/// <summary>Something that is wrong, and where it is mended.</summary>
/// <param name="Kind">
/// For tests and styles: <c>declines</c>, <c>stuck</c>, <c>dead-letters</c>, <c>consumer</c>, <c>breaker</c>, <c>alert</c>,
/// <c>projection</c>.
/// </param>
/// <param name="Title">What is wrong, in a few words.</param>
/// <param name="Detail">What it means, in a sentence.</param>
/// <param name="Money">What it holds up; empty when that is not known.</param>
public sealed record PlatformTrouble(
    string Kind, string Title, string Detail, string Href, IReadOnlyList<MoneyView> Money, DateTimeOffset? Since = null);

/// <summary>What is wrong with the platform, the worst first. Pure.</summary>
public static class PlatformTroubles
{
    /// <summary>A wave of one failure: at least so many in the last minutes, and such a share of all that ended.</summary>
    public const int WaveCount = 5;
    public const int WavePercent = 10;

    private static readonly string[] Worst = ["alert", "breaker", "consumer", "declines", "stuck", "dead-letters", "projection"];

    /// <param name="development">The card processor's fault controls are there.</param>
    public static IReadOnlyList<PlatformTrouble> Of(OverviewFacts facts, DateTimeOffset now, bool development) =>
    [
        .. Alerts(facts).Concat(Breaker(facts, now, development)).Concat(Consumers(facts, now)).Concat(Waves(facts))
            .Concat(Stuck(facts)).Concat(DeadLetters(facts)).Concat(Projections(facts))
            .OrderBy(t => Array.IndexOf(Worst, t.Kind))
            .ThenByDescending(t => t.Money.Count == 0 ? 0 : t.Money.Max(m => MoneyText.Major(m.Amount, m.Currency))),
    ];

    private static IEnumerable<PlatformTrouble> Alerts(OverviewFacts facts) =>
        from service in facts.Invariants
        from invariant in service.Value ?? []
        where invariant.OpenAlerts > 0
        select new PlatformTrouble(
            "alert",
            InvariantWords.Title(invariant.Name) + ": not so",
            $"{Count(invariant.OpenAlerts, "mismatch", "mismatches")} in the books "
            + $"of the {ServiceWords.Of(service.Service).ToLowerInvariant()} service.",
            "alerts",
            []);

    private static IEnumerable<PlatformTrouble> Breaker(OverviewFacts facts, DateTimeOffset now, bool development)
    {
        if (facts.Breaker is { IsOpen: true } breaker)
        {
            var left = breaker.OpenUntil is { } until && until > now
                ? $" It tries again in {Figures.Span(until - now)}."
                : " The next call tries it out.";
            yield return new(
                "breaker",
                "The card processor is down",
                $"The breaker is open: {Count(breaker.WaitingCalls, "call waits", "calls wait")}.{left}",
                development ? "card-faults" : "settings#card",
                []);
        }
    }

    private static IEnumerable<PlatformTrouble> Consumers(OverviewFacts facts, DateTimeOffset now) =>
        from service in facts.Consumers
        where service.Value is not null
        let words = ConsumerWords.Explain(service.Value, now)
        where words is { IsBad: true, Href: null } // Keys that wait for a person are the dead letters' own card.
        select new PlatformTrouble(
            "consumer",
            $"The {ServiceWords.Of(service.Service).ToLowerInvariant()} consumer {Does(service.Value.State)}",
            words.Words,
            "consumers",
            [],
            service.Value.Paused?.At);

    private static IEnumerable<PlatformTrouble> Waves(OverviewFacts facts)
    {
        if (facts.Failures is not { } counts || counts.Completed + counts.Failed is not (> 0 and var ended))
        {
            return [];
        }

        return counts.Items.GroupBy(i => i.Code)
            .Select(code => (Code: code.Key, Count: code.Sum(i => i.Count), Since: code.Min(i => i.Since)))
            .Where(code => code.Count >= WaveCount && code.Count * 100 >= ended * WavePercent)
            .Select(code => new PlatformTrouble(
                "declines",
                $"{Figures.Percent(Math.Min(code.Count, ended), ended)} of payments fail: {FailureWords.Short(code.Code)}",
                $"{Count(code.Count, "payment", "payments")} of the {Figures.Count(ended)} that ended in the last minutes.",
                $"payments?status=failed&failure={Uri.EscapeDataString(code.Code)}",
                [],
                code.Since));
    }

    private static IEnumerable<PlatformTrouble> Stuck(OverviewFacts facts)
    {
        if (facts.Sagas is { Stuck: > 0 } sagas)
        {
            yield return new(
                "stuck",
                Count(sagas.Stuck, "saga is stuck", "sagas are stuck"),
                sagas.Overdue > 0
                    ? $"{Count(sagas.Overdue, "waits", "wait")} for a person."
                    : "They ask again by themselves; nobody is needed yet.",
                new SagaQuery(Stuck: true).Address(),
                sagas.StuckMoney ?? [],
                sagas.OldestStuck);
        }
    }

    // A group is one cause: one card for each service, with its groups on the page behind it.
    private static IEnumerable<PlatformTrouble> DeadLetters(OverviewFacts facts) =>
        from service in facts.Groups
        where service.Value is { Count: > 0 }
        let groups = service.Value
        let first = groups.MaxBy(g => g.Count)
        select new PlatformTrouble(
            "dead-letters",
            $"{Count(groups.Sum(g => g.Count), "dead letter", "dead letters")} "
            + $"of the {ServiceWords.Of(service.Service).ToLowerInvariant()} service",
            groups.Count == 1
                ? $"{first.ErrorType}: {first.Error}"
                : $"{groups.Count} causes; the most frequent is {first.ErrorType}: {first.Error}",
            new DeadLetterQuery(service.Service).Address("dead-letters"),
            [.. groups.SelectMany(g => g.Money).GroupBy(m => m.Currency).Select(c => new MoneyView(c.Key, c.Sum(m => m.Amount)))],
            groups.Min(g => g.Oldest));

    private static IEnumerable<PlatformTrouble> Projections(OverviewFacts facts) =>
        from service in facts.Projections
        from projection in service.Value ?? []
        where projection.Error is not null || projection.State == "Paused" || projection.Lag > ConsumerWords.LagMuch
        select new PlatformTrouble(
            "projection",
            $"The read model {projection.Name} "
            + $"{(projection.Error is not null ? "cannot go on" : projection.State == "Paused" ? "is paused" : "lags")}",
            projection.Error ?? $"{Count(projection.Lag, "event is", "events are")} not in it yet: what it shows is old.",
            "projections",
            []);

    private static string Does(string state) => state switch
    {
        "stopped" => "has stopped",
        "paused" => "is paused",
        "trouble" => "has trouble",
        _ => "lags",
    };

    private static string Count(long count, string one, string many) => $"{Figures.Count(count)} {(count == 1 ? one : many)}";
}
