using System.Collections.Immutable;

namespace Payments.Domain.Sagas;

/// <summary>One kind of saga, as data: its steps in order, and whom it tells how it ended.</summary>
/// <param name="Name">Stored with every saga of this kind: one of <see cref="SagaNames"/>.</param>
public sealed record SagaDefinition(
    string Name,
    ImmutableArray<SagaStep> Steps,
    Func<SagaTerms, SagaEvent> TellCompleted,
    Func<SagaTerms, string, SagaEvent> TellFailed)
{
    /// <summary>Where a phase stands: the step, and whether it is that step's undoing.</summary>
    /// <exception cref="ArgumentException">No step has such a phase: a stored saga of a definition that was changed.</exception>
    public (int Step, bool IsUndo) Find(string phase)
    {
        for (var i = 0; i < Steps.Length; i++)
        {
            if (Steps[i].Do.Phase == phase)
            {
                return (i, false);
            }

            if (Steps[i].Undo?.Phase == phase)
            {
                return (i, true);
            }
        }

        throw new ArgumentException($"A saga of '{Name}' has no phase '{phase}'.", nameof(phase));
    }

    public SagaRequest RequestIn(string phase) => Find(phase) is var (step, isUndo) && isUndo ? Steps[step].Undo! : Steps[step].Do;
}

/// <summary>One step: what it asks for, and how that is undone when a later step fails.</summary>
/// <param name="Undo">Null when there is nothing to undo after it.</param>
/// <param name="IsPivot">Once done there is no way back: what follows is asked until it is done.</param>
/// <param name="UndoCoversEarlier">
/// Its undoing undoes the steps before it too: an authorisation that was captured is used up, and there is nothing left to void.
/// </param>
public sealed record SagaStep(SagaRequest Do, SagaRequest? Undo = null, bool IsPivot = false, bool UndoCoversEarlier = false);

/// <summary>One thing a saga asks of others, and how it understands the answer.</summary>
public sealed record SagaRequest
{
    /// <summary>The phase in which the saga waits for the answer: stored, never renamed.</summary>
    public required string Phase { get; init; }

    /// <summary>For people: what is waited for, for example <c>FundsHeld from wallet …</c>.</summary>
    public required Func<SagaTerms, string> Awaits { get; init; }

    /// <summary>The command, as the saga stores it.</summary>
    public required Func<SagaTerms, SagaEvent> Command { get; init; }

    /// <summary>What a signal means as an answer to this; null when it is none. Only given signals about this saga's operation.</summary>
    public required Func<SagaTerms, Signal, StepReply?> ReadReply { get; init; }

    /// <summary>How long silence is borne before it is asked again.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>How often it is asked before a person is told.</summary>
    public int AttemptsMax { get; init; } = 3;

    /// <summary>With one, the last silence is not shown to a person: the operation is undone, and fails with this code.</summary>
    public string? UndoOnSilence { get; init; }

    /// <summary>The undoing is right whether the answer will be «done» or not: it may begin before the answer is known.</summary>
    public bool CanUndoUnanswered { get; init; }

    /// <summary>The outcome lies with others than our own books, so a person may declare it.</summary>
    public bool IsOutside { get; init; }
}

/// <summary>What an answer means for the step that waits for it.</summary>
public abstract record StepReply
{
    private StepReply()
    {
    }

    public sealed record Completed : StepReply;

    public sealed record Refused(string Code) : StepReply;

    /// <summary>
    /// Something was done, and not what was asked for: another amount, currency or wallet. Neither success nor refusal; a person must look.
    /// </summary>
    public sealed record Mismatched : StepReply;

    /// <summary>Completed, if it is what was asked for.</summary>
    public static StepReply If(bool asAsked) => asAsked ? new Completed() : new Mismatched();
}
