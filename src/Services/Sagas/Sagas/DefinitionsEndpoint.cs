using Payments.Contracts.Sagas;
using Payments.Domain.Sagas;

namespace Payments.SagaService.Sagas;

/// <summary><c>GET /api/admin/sagas/definitions</c>: every kind of saga, from the definitions that the engine itself goes by.</summary>
internal static class DefinitionsEndpoint
{
    public static IResult Get(SagaEngine engine) =>
        Results.Json([.. engine.Definitions.All.Select(View)], SagaJson.Default.IReadOnlyListSagaDefinitionView);

    private static SagaDefinitionView View(SagaDefinition kind) =>
        new(
            kind.Name,
            [
                .. kind.Steps.Select(step => new SagaStepView(
                    View(step.Do), step.Undo is { } undo ? View(undo) : null, step.IsPivot, step.UndoCoversEarlier)),
            ]);

    private static SagaRequestView View(SagaRequest ask) => new(
        PhaseNames.Shown(ask.Phase),
        ask.IsOutside ? "card-processor" : "wallet",
        (long)ask.Timeout.TotalMilliseconds,
        ask.AttemptsMax,
        ask.UndoOnSilence);
}
