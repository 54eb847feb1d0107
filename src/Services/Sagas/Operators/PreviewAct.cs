using Payments.Domain;
using Payments.Domain.Sagas;
using Payments.EventStore.Aggregates;
using Payments.Hosting;
using Payments.SagaService.Sagas;
using Payments.ServiceDefaults.Errors;

namespace Payments.SagaService.Operators;

/// <param name="Act"><c>retry</c>, <c>compensate</c> or <c>complete</c>.</param>
public sealed record PreviewRequest(string Act);

/// <summary>What an act would do now, decided by the same rules and not stored.</summary>
/// <param name="Refusal">Why it would be refused; null when it would not.</param>
/// <param name="Does">In sentences.</param>
/// <param name="Commands">What would be asked of others, for example <c>card.void</c>.</param>
public sealed record ActPreview(
    Guid SagaId,
    string Act,
    bool IsAllowed,
    ActRefusal? Refusal,
    string PhaseBefore,
    string Phase,
    IReadOnlyList<string> Does,
    IReadOnlyList<string> Commands,
    IReadOnlyList<MoneyEffect> Money,
    long Version);

public sealed record ActRefusal(string Code, string Detail);

/// <summary><c>POST /api/admin/sagas/{id}/preview</c>: without an effect, and so without an idempotency key.</summary>
internal static class PreviewAct
{
    public static async Task<IResult> Handle(
        Guid id, PreviewRequest request, OperatorName by, Aggregates<Saga, SagaEvent> sagas, SagaEngine engine, TimeProvider clock,
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
            new ActPreview(
                id,
                request.Act,
                decision is Decision<SagaEvent>.Accepted,
                decision is Decision<SagaEvent>.Refused { Reason: var reason } ? new ActRefusal(reason.Code, reason.Message) : null,
                PhaseNames.Shown(state.Phase),
                PhaseNames.Shown(after.Phase),
                Effects.Texts(engine.Definitions, state, events),
                Effects.Commands(events),
                Effects.Money(events),
                version),
            SagaJson.Default.ActPreview);
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
