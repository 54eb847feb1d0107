namespace Payments.Contracts.Sagas;

/// <summary>A kind of saga as data, for people and for whoever draws it.</summary>
/// <param name="Steps">In order; undone in reverse.</param>
public sealed record SagaDefinitionView(string Name, IReadOnlyList<SagaStepView> Steps);

/// <param name="Undo">Null when there is nothing to undo after it.</param>
/// <param name="IsPivot">Once done there is no way back.</param>
/// <param name="UndoCoversEarlier">Its undoing undoes the steps before it too.</param>
public sealed record SagaStepView(SagaRequestView Do, SagaRequestView? Undo, bool IsPivot, bool UndoCoversEarlier);

/// <summary>One thing that a saga asks for.</summary>
/// <param name="Phase">The phase in which it waits for the answer.</param>
/// <param name="Of">Who is asked: <c>wallet</c> or <c>card-processor</c>.</param>
/// <param name="TimeoutMs">How long silence is borne before it is asked again.</param>
/// <param name="AttemptsMax">How often it is asked before a person is told.</param>
/// <param name="UndoOnSilence">With one, the last silence is not shown to a person: it is undone, and fails with this code.</param>
public sealed record SagaRequestView(string Phase, string Of, long TimeoutMs, int AttemptsMax, string? UndoOnSilence);
