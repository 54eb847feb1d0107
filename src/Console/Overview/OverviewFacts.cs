using Payments.Contracts;
using Payments.Contracts.Consumers;
using Payments.Contracts.DeadLetters;
using Payments.Contracts.Invariants;
using Payments.Contracts.Payments;
using Payments.Contracts.Projections;
using Payments.Contracts.Sagas;
using Payments.Contracts.Wallets;

namespace Payments.Console.Overview;

/// <summary>What is known of the whole platform at one moment. Null: not known, which is never taken for good news.</summary>
public sealed record OverviewFacts
{
    public PaymentOverview? Payments { get; init; }

    public SagaOverview? Sagas { get; init; }

    public WalletOverview? Wallets { get; init; }

    public FailureCounts? Failures { get; init; }

    public BreakerView? Breaker { get; init; }

    public IReadOnlyList<(string Service, ConsumersView? Value)> Consumers { get; init; } = [];

    public IReadOnlyList<(string Service, IReadOnlyList<DeadLetterGroup>? Value)> Groups { get; init; } = [];

    public IReadOnlyList<(string Service, IReadOnlyList<InvariantView>? Value)> Invariants { get; init; } = [];

    public IReadOnlyList<(string Service, IReadOnlyList<ProjectionView>? Value)> Projections { get; init; } = [];

    /// <summary>Held up by dead letters, with what waits behind them, and by stuck sagas. Money that both hold up is in it twice.</summary>
    public IReadOnlyList<MoneyView> MoneyAtRisk =>
    [
        .. Groups.SelectMany(g => g.Value ?? []).SelectMany(g => g.Money).Concat(Sagas?.StuckMoney ?? [])
            .GroupBy(m => m.Currency).Select(c => new MoneyView(c.Key, c.Sum(m => m.Amount))),
    ];

    /// <summary>Messages that wait, of all consumers; null while one of them does not tell.</summary>
    public long? Lag => Consumers.Count > 0 && Consumers.All(c => c.Value is not null) ? Consumers.Sum(c => c.Value!.Lag) : null;

    public long? RelayLag => Consumers.Count > 0 && Consumers.All(c => c.Value is not null) ? Consumers.Sum(c => c.Value!.Relay.Lag) : null;

    public long? DeadLetters => Payments?.DeadLetters + Sagas?.DeadLetters + Wallets?.DeadLetters;
}
