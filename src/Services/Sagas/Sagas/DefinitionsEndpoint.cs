using Payments.Domain.Sagas;

namespace Payments.SagaService.Sagas;

/// <summary>A kind of saga as data, for people and for whoever draws it.</summary>
/// <param name="Steps">In order; undone in reverse.</param>
public sealed record DefinitionView(string Name, IReadOnlyList<StepView> Steps);

/// <param name="Undo">Null when there is nothing to undo after it.</param>
/// <param name="IsPivot">Once done there is no way back.</param>
/// <param name="UndoCoversEarlier">Its undoing undoes the steps before it too.</param>
public sealed record StepView(AskView Do, AskView? Undo, bool IsPivot, bool UndoCoversEarlier);

/// <summary>One thing that a saga asks for.</summary>
/// <param name="Phase">The phase in which it waits for the answer.</param>
/// <param name="Of">Who is asked: <c>wallet</c> or <c>card-processor</c>.</param>
/// <param name="TimeoutMs">How long silence is borne before it is asked again.</param>
/// <param name="AttemptsMax">How often it is asked before a person is told.</param>
/// <param name="UndoOnSilence">With one, the last silence is not shown to a person: it is undone, and fails with this code.</param>
public sealed record AskView(string Phase, string Of, long TimeoutMs, int AttemptsMax, string? UndoOnSilence);

/// <summary><c>GET /api/admin/sagas/definitions</c>: every kind of saga, from the definitions that the engine itself goes by.</summary>
internal static class DefinitionsEndpoint
{
    public static IResult Get(SagaEngine engine) =>
        Results.Json([.. engine.Definitions.All.Select(View)], SagaJson.Default.IReadOnlyListDefinitionView);

    private static DefinitionView View(SagaDefinition kind) =>
        new(
            kind.Name,
            [
                .. kind.Steps.Select(step => new StepView(
                    View(step.Do), step.Undo is { } undo ? View(undo) : null, step.IsPivot, step.UndoCoversEarlier)),
            ]);

    private static AskView View(SagaRequest ask) => new(
        PhaseNames.Shown(ask.Phase),
        ask.IsOutside ? "card-processor" : "wallet",
        (long)ask.Timeout.TotalMilliseconds,
        ask.AttemptsMax,
        ask.UndoOnSilence);
}
