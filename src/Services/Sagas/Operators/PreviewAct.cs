using Payments.Contracts.Sagas;
using Payments.Domain;
using Payments.Domain.Sagas;
using Payments.EventStore.Aggregates;
using Payments.Hosting;
using Payments.SagaService.Sagas;
using Payments.ServiceDefaults.Errors;

namespace Payments.SagaService.Operators;

/// <summary><c>POST /api/admin/sagas/{id}/preview</c>: without an effect, and so without an idempotency key.</summary>
internal static class PreviewAct
{
    public static async Task<IResult> Handle(
        Guid id, SagaPreviewRequest request, OperatorName by, Aggregates<Saga, SagaEvent> sagas, SagaEngine engine, TimeProvider clock,
        CancellationToken cancel)
    {
        if (!Acts.TryParse(request.Act, out var act))
        {
            return Problems.Invalid("act", $"Must be one of {string.Join(", ", Acts.Names)}.");
        }

        var stream = SagaAggregate.Definition.Stream(id);
        var (state, version) = (await sagas.RefreshAsync([stream], cancel))[stream];
        if (state is null)
        {
            return ActOnSaga.NotFound();
        }

        var decision = engine.Decide(state, act, by.Value, "preview", clock.GetUtcNow());
        IReadOnlyList<SagaEvent> events = decision is Decision<SagaEvent>.Accepted accepted ? accepted.Events : [];
        var after = events.Aggregate(state, (folded, e) => Saga.Evolve(folded, e));
        return Results.Json(
            new SagaActPreview(
                id,
                request.Act,
                decision is Decision<SagaEvent>.Accepted,
                decision is Decision<SagaEvent>.Refused { Reason: var reason } ? new SagaActRefusal(reason.Code, reason.Message) : null,
                PhaseNames.Shown(state.Phase),
                PhaseNames.Shown(after.Phase),
                Effects.Texts(engine.Definitions, state, events),
                Effects.Commands(events),
                Effects.Money(events),
                version),
            SagaJson.Default.SagaActPreview);
    }
}

/// <summary>The acts by the names that the API has for them.</summary>
internal static class Acts
{
    public static readonly IReadOnlyList<string> Names =
        [.. Enum.GetValues<SagaIntervention>().Select(act => act.ToString().ToLowerInvariant())];

    public static bool TryParse(string name, out SagaIntervention act)
    {
        act = default;
        return Names.Contains(name) && Enum.TryParse(name, ignoreCase: true, out act);
    }
}
