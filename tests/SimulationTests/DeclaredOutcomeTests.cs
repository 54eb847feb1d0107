using System.Collections.Immutable;
using System.Text.Json;
using Payments.Domain;
using Payments.Domain.Payments;
using Payments.Domain.Sagas;
using Payments.EventStore.Aggregates;
using Payments.EventStore.Contract;
using Payments.SagaService.Sagas;

namespace SimulationTests;

/// <summary>Found by the simulation: what a person declared was booked twice, so that the database refused every such act.</summary>
public sealed class DeclaredOutcomeTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
    private static readonly Cause By = new(Guid.CreateVersion7(Now), null, "olga", null);

    [Fact]
    public void What_a_person_declares_is_booked_once_and_the_act_says_where_it_led()
    {
        var engine = new SagaEngine(new SagaTimeouts());
        var (saga, stream) = Authorising(engine);
        var change = new Change<Saga, SagaEvent>(SagaAggregate.Definition, stream, saga);
        change.Add(Declared(engine, saga.State!), By, Now);

        var rows = change.Rows().ToList();
        Assert.Equal("authorise 1000 True", Assert.Single(Books(rows)));
        Assert.Equal(
            "capturing_card",
            Assert.Single(rows, r => r.Projection == "saga_acts") is var act ? Json(act).GetProperty("phaseAfter").GetString() : null);
    }

    [Fact]
    public void A_rebuild_which_takes_events_one_by_one_books_the_same()
    {
        var engine = new SagaEngine(new SagaTimeouts());
        var (saga, stream) = Authorising(engine);
        var rows = new List<ProjectionRow>();
        foreach (var e in Declared(engine, saga.State!))
        {
            var change = new Change<Saga, SagaEvent>(SagaAggregate.Definition, stream, saga);
            change.Add([e], By, Now);
            rows.AddRange(change.Rows());
            saga = change.After;
        }

        Assert.Equal("authorise 1000 True", Assert.Single(Books(rows)));
        var acts = rows.Where(r => r.Projection == "saga_acts").Select(Json).ToList();
        Assert.Equal(acts[0].GetProperty("version").GetInt64(), acts[^1].GetProperty("version").GetInt64());
        Assert.Equal("capturing_card", acts[^1].GetProperty("phaseAfter").GetString());
    }

    private static (Versioned<Saga> Saga, StreamId Stream) Authorising(SagaEngine engine)
    {
        var eur = Currency.Parse("EUR");
        var terms = new PaymentTerms(
            new(Guid.CreateVersion7(Now)),
            new PaymentSource.OfCard(CardToken.Parse("tok_ok")),
            new(Guid.CreateVersion7(Now)),
            UserId.Parse("bob"),
            new Money(1_000, eur),
            Money.Zero(eur),
            null);
        var stream = SagaAggregate.Definition.Stream(terms.Payment.Value);
        var change = new Change<Saga, SagaEvent>(SagaAggregate.Definition, stream, default);
        change.Add(engine.React(null, new Signal.OfPayment(new PaymentEvent.Requested(terms)), Now), By, Now);
        return (change.After, stream);
    }

    private static ImmutableArray<SagaEvent> Declared(SagaEngine engine, Saga saga) =>
        Assert.IsType<Decision<SagaEvent>.Accepted>(
            engine.Decide(saga, SagaIntervention.Complete, "olga", "seen in its books", Now)).Events;

    private static IEnumerable<string> Books(IEnumerable<ProjectionRow> rows) => rows
        .Where(r => r.Projection == "card_books")
        .Select(Json)
        .Select(j => $"{j.GetProperty("act").GetString()} {j.GetProperty("amount").GetInt64()} {j.GetProperty("declared").GetBoolean()}");

    private static JsonElement Json(ProjectionRow row) => JsonElement.Parse(row.Json.Span);
}
