using System.Text.Json;
using Payments.Console.Consumers;
using Payments.Console.Overview;
using Payments.Console.Sagas;
using Payments.Contracts.Consumers;
using Payments.Contracts.DeadLetters;
using Payments.Contracts.Events;
using Payments.Contracts.Sagas;

namespace BrowserTests;

/// <summary>What is drawn of a saga, and what is said of the platform: pure.</summary>
public sealed class OperationsWordsTests
{
    private static readonly DateTimeOffset Now = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Guid Saga = Guid.Parse("0198c0de-0000-7000-8000-000000000001");

    private static readonly SagaDefinitionView Wallet = new(
        "wallet-payment", [Step("holding", "releasing"), Step("crediting", "reversing"), Step("capturing", null)]);
    private static readonly SagaDefinitionView Refund = new(
        "card-refund", [Step("holding", "releasing"), Step("refunding_card", null, pivot: true), Step("capturing", null)]);

    [Fact]
    public void A_definition_is_drawn_with_every_step_its_undoing_and_both_ends()
    {
        var graph = SagaGraph.Of(Wallet, new([], null), "", stuck: false);

        Assert.Equal(
            ["capturing", "completed", "crediting", "failed", "holding", "releasing", "reversing"],
            graph.Nodes.Select(n => n.Phase).Order());
        Assert.All(graph.Nodes, n => Assert.Equal(NodeState.Ahead, n.State));
        Assert.Equal(
            [
                "capturing>completed", "capturing>reversing", "crediting>capturing", "crediting>releasing", "crediting>reversing",
                "holding>crediting", "holding>failed", "holding>releasing", "releasing>failed", "reversing>releasing",
            ],
            graph.Edges.Select(e => $"{e.From}>{e.To}").Order(StringComparer.Ordinal));
        Assert.All(graph.Nodes, n => Assert.InRange(n.X, 0, graph.Width - SagaGraph.NodeWidth));
        Assert.All(graph.Nodes, n => Assert.InRange(n.Y, 0, graph.Height - SagaGraph.NodeHeight));
        Assert.Equal(graph.Nodes.Count, graph.Nodes.Select(n => (n.X, n.Y)).Distinct().Count());
    }

    [Fact]
    public void After_a_step_without_a_way_back_no_edge_leads_back() => Assert.DoesNotContain(
        SagaGraph.Of(Refund, new([], null), "", stuck: false).Edges, e => e is { From: "capturing", IsBack: true });

    [Fact]
    public void The_way_that_was_taken_is_marked_with_what_failed_on_it()
    {
        var path = SagaPath.Of(Saga, [Moved(1, "Holding"), Moved(3, "Releasing"), Moved(2, "Crediting"), Moved(4, "Failed"), Other()]);
        var graph = SagaGraph.Of(Wallet, path, "failed", stuck: false);

        Assert.Equal(["holding", "crediting", "releasing", "failed"], path.Phases);
        Assert.Equal("crediting", path.FailedAt);
        Assert.Equal(
            "holding:Done crediting:Failed capturing:Ahead releasing:Done reversing:Ahead completed:Ahead failed:Failed",
            string.Join(' ', new[] { "holding", "crediting", "capturing", "releasing", "reversing", "completed", "failed" }
                .Select(p => $"{p}:{graph.Nodes.Single(n => n.Phase == p).State}")));
        Assert.Equal(
            ["crediting>releasing", "holding>crediting", "releasing>failed"],
            graph.Edges.Where(e => e.Taken).Select(e => $"{e.From}>{e.To}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Where_it_stands_is_marked_and_whether_it_is_stuck_there()
    {
        var path = new SagaPath(["holding", "crediting"], null);

        Assert.Equal(
            NodeState.Current,
            SagaGraph.Of(Wallet, path, "crediting", stuck: false).Nodes.Single(n => n.Phase == "crediting").State);
        Assert.Equal(NodeState.Stuck, SagaGraph.Of(Wallet, path, "crediting", stuck: true).Nodes.Single(n => n.Phase == "crediting").State);
    }

    [Fact]
    public void A_wave_of_one_failure_is_a_trouble_only_when_it_is_many_and_a_good_part()
    {
        Assert.Equal("payments?status=failed&failure=card_declined", Assert.Single(Of(Failures(completed: 10, declined: 10))).Href);
        Assert.Empty(Of(Failures(completed: 10, declined: PlatformTroubles.WaveCount - 1)));
        Assert.Empty(Of(Failures(completed: 1_000, declined: 100)));
        Assert.Empty(Of(new OverviewFacts()));
    }

    [Fact]
    public void Troubles_come_worst_first_and_those_of_a_kind_by_the_money_they_hold_up()
    {
        var facts = Failures(completed: 0, declined: 10) with
        {
            Sagas = new(0, 0, 0, 0, 0, 0, 1, 0, 0, 2, new Dictionary<string, long>(), [new("EUR", 500)], OldestStuck: Now.AddMinutes(-5)),
            Breaker = new("open", 5, 5, Now.AddSeconds(30), false, 3, 0, 32),
            Groups = [("wallets", [Group("JPY", 900)]), ("payments", [Group("EUR", 90_100)])],
            Consumers =
            [
                ("wallets", Consumer with { Paused = new("ada", Now.AddMinutes(-2), "because"), State = "paused" }), ("sagas", Consumer)
            ],
        };

        Assert.Equal(
            ["breaker", "consumer", "declines", "stuck", "dead-letters", "dead-letters"], Of(facts).Select(t => t.Kind));

        // 901.00 EUR are more than 900 JPY; the same number of the other currency's units would not be.
        Assert.Equal(
            ["dead-letters?service=payments", "dead-letters?service=wallets"],
            Of(facts).Where(t => t.Kind == "dead-letters").Select(t => t.Href));
        Assert.Equal([("EUR", 90_600m), ("JPY", 900m)], facts.MoneyAtRisk.Select(m => (m.Currency, m.Amount)).Order());
    }

    [Theory]
    [InlineData("running", 0, 0, 0, 0, false, "keeps up")]
    [InlineData("running", 5_000, 100, 0, 0, true, "50 s")]
    [InlineData("running", 5_000, 0, 0, 0, true, "none is handled")]
    [InlineData("running", 0, 0, 2, 0, false, "2 keys fail")]
    [InlineData("running", 0, 0, 0, 1, true, "1 key waits")]
    [InlineData("stopped", 9, 0, 0, 0, true, "start the service")]
    public void Why_a_consumer_lags_is_said(string state, long lag, double rate, long retried, long dead, bool bad, string words)
    {
        var standing = ConsumerWords.Explain(
            Consumer with { State = state, Lag = lag, RatePerSecond = rate, RetriedKeys = retried, DeadKeys = dead }, Now);

        Assert.Equal(bad, standing.IsBad);
        Assert.Contains(words, standing.Words, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 5, 1)]
    [InlineData(5, 5, 1)]
    [InlineData(6, 6, 2)]
    [InlineData(49, 50, 10)]
    [InlineData(230, 250, 50)]
    public void An_axis_has_few_round_steps(double highest, double top, double step) =>
        Assert.Equal(new ChartAxis(top, step), ChartAxis.For(highest));

    [Fact]
    public void An_address_of_sagas_is_read_as_it_was_written()
    {
        var query = new SagaQuery(true, "capturing_card", "card-payment", Saga.ToString());

        Assert.Equal(query, SagaQuery.Read($"http://console/{query.Address()}"));
        Assert.Equal("sagas", new SagaQuery().Address());
    }

    private static ConsumersView Consumer =>
        new("wallet-service", "running", null, 0, 0, Now, 0, 0, 0, [new("m", "running", null, 0, null, Now)], [], new(10, 10, 0));

    private static IReadOnlyList<PlatformTrouble> Of(OverviewFacts facts) => PlatformTroubles.Of(facts, Now, development: true);

    private static OverviewFacts Failures(long completed, long declined) => new()
    {
        Failures = new(
            Now.AddMinutes(-5),
            Now,
            completed,
            declined,
            declined == 0 ? [] : [new("card_declined", "card", declined, Now.AddMinutes(-1), Saga)]),
    };

    private static DeadLetterGroup Group(string currency, decimal amount) =>
        new("f", 1, 0, [new(currency, amount)], Now.AddHours(-1), Now, ["c"], ["t"], ["m"], "Error", "text", 1);

    private static SagaStepView Step(string phase, string? undo, bool pivot = false) =>
        new(Step(phase), undo is null ? null : Step(undo), pivot, UndoCoversEarlier: false);

    private static SagaRequestView Step(string phase) => new(phase, "wallet", 30_000, 3, null);

    private static HistoryEvent Moved(long version, string to) => new(
        "sagas", version, $"saga/{Saga}", version, Guid.NewGuid(), "saga.moved.v1", Saga, null, "a", Now,
        JsonSerializer.SerializeToElement(new { to, failureCode = to is "Releasing" or "Failed" ? "wallet_frozen" : null }));

    private static HistoryEvent Other() => new(
        "sagas", 9, $"saga/{Guid.Empty}", 9, Guid.NewGuid(), "saga.moved.v1", Saga, null, "a", Now,
        JsonSerializer.SerializeToElement(new { to = "Capturing" }));
}
