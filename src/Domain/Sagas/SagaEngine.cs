using System.Collections.Immutable;
using Payments.Domain.Cards;

namespace Payments.Domain.Sagas;

/// <summary>
/// Carries any saga through its steps: asks, hears, goes on; and when a step is refused, undoes the steps before it in reverse order.
/// Pure.
/// </summary>
/// <remarks>
/// A silence is asked about again, then shown to a person; it is never taken for an answer. A refusal where there must be none (of a
/// compensation, or after a step without a way back) is tried again, then shown to a person; it is never dropped. An answer about another
/// amount, currency or wallet than was asked for is neither: the saga stops there and shows it to a person at once.
/// </remarks>
public sealed class SagaEngine(SagaTimeouts timeouts)
{
    public SagaDefinitions Definitions { get; } = new(timeouts);

    /// <summary>What the saga does on a signal: events to store, commands among them. None when the signal is late or repeated.</summary>
    public ImmutableArray<SagaEvent> React(Saga? state, Signal signal, DateTimeOffset now)
    {
        if (state is null)
        {
            return SagaDefinitions.StartedBy(signal) is var (name, terms)
                ? [new SagaEvent.Started(name, terms), .. Go(Definitions.Named(name).Steps[0].Do, terms, signal.Name, now, null)]
                : [];
        }

        if (state.HasEnded)
        {
            return []; // Late and repeated signals are normal: counted by the caller, not acted on.
        }

        var kind = Definitions.Named(state.Definition);
        var ask = kind.RequestIn(state.Phase);
        return signal switch
        {
            Signal.DeadlinePassed { Phase: var phase } =>
                phase == state.Phase && now >= state.Deadline && !state.Overdue ? Silence(kind, state, ask, now) : [],
            Signal.OfCard { Answer.Declines: var declines } when declines != state.Declines => [], // To a request before this one.
            _ when ask.ReadReply(state.Terms, signal) is { } reply =>
                [.. Evidence(signal), .. Answered(kind, state, reply, signal.Name, now)],
            _ => [],
        };
    }

    /// <summary>What the saga does when a person acts, or why it must not be done. The first event says who and why.</summary>
    public Decision<SagaEvent> Decide(Saga? state, SagaIntervention act, string by, string reason, DateTimeOffset now)
    {
        if (state is null)
        {
            return Refuse(RefusalCodes.SagaNotFound, "There is no such saga.");
        }

        if (state.HasEnded)
        {
            return Refuse(RefusalCodes.SagaEnded, $"The saga has already ended: {state.Phase}.");
        }

        var kind = Definitions.Named(state.Definition);
        var (step, isUndo) = kind.Find(state.Phase);
        var ask = kind.RequestIn(state.Phase);
        ImmutableArray<SagaEvent> acted = [new SagaEvent.OperatorActed(act, by, reason)];
        return act switch
        {
            SagaIntervention.Retry => Accept([.. acted, .. Again(state, ask, nameof(SagaIntervention.Retry), 1, now)]),
            SagaIntervention.Complete when !ask.IsOutside => Refuse(
                RefusalCodes.OutcomeIsRecorded, "What is awaited is in our own books and cannot be declared. Retry asks for it again."),
            SagaIntervention.Complete => Accept(
                [.. acted, .. Declared(state, ask), .. Done(kind, state, step, isUndo, nameof(SagaIntervention.Complete), now)]),
            SagaIntervention.Compensate when isUndo => Refuse(
                RefusalCodes.TooLateToCompensate, "It is being undone already. Retry asks again."),
            SagaIntervention.Compensate when step == kind.Steps.Length - 1 || kind.Steps.Take(step).Any(s => s.IsPivot) => Refuse(
                RefusalCodes.TooLateToCompensate,
                "Only the last step is left, and it must be done. Retry it; refund the payment afterwards."),
            SagaIntervention.Compensate when ask.CanUndoUnanswered => Accept(
                [.. acted, .. Back(kind, state, step, nameof(SagaIntervention.Compensate), RefusalCodes.CompensatedByOperator, now)]),
            SagaIntervention.Compensate when state.CompensationRequested => Accept(acted),
            SagaIntervention.Compensate => Accept([.. acted, new SagaEvent.CompensationRequested(state.Phase)]),
            _ => throw new UnreachableStateException(state, act),
        };
    }

    private ImmutableArray<SagaEvent> Answered(SagaDefinition kind, Saga state, StepReply heard, string because, DateTimeOffset now)
    {
        var (step, isUndo) = kind.Find(state.Phase);
        switch (heard)
        {
            case StepReply.Completed when !isUndo && state.CompensationRequested && !kind.Steps[step].IsPivot:
                return Back(kind, state, step, because, RefusalCodes.CompensatedByOperator, now);
            case StepReply.Completed:
                return Done(kind, state, step, isUndo, because, now);
            case StepReply.Refused refused when isUndo || kind.Steps.Take(step).Any(s => s.IsPivot):
                return state.Overdue && state.RefusalCode == refused.Code
                    ? [] // Shown to a person already; asked again only by one.
                    : [new SagaEvent.StepRefused(state.Phase, refused.Code, now + Pause(state.Attempt))];
            case StepReply.Mismatched:
                return state.RefusalCode == RefusalCodes.AnswerDiffers && state.Overdue
                    ? []
                    : [
                        new SagaEvent.StepRefused(state.Phase, RefusalCodes.AnswerDiffers, now),
                        .. state.Overdue ? [] : new SagaEvent[] { new SagaEvent.WentOverdue(state.Phase, now) },
                    ];
            case StepReply.Refused refused:
                return Back(kind, state, step - 1, because, refused.Code, now);
            default:
                throw new UnreachableStateException(state, heard);
        }
    }

    private static ImmutableArray<SagaEvent> Done(
        SagaDefinition kind, Saga state, int step, bool isUndo, string because, DateTimeOffset now) =>
        isUndo ? Back(
            kind,
            state,
            kind.Steps[step].UndoCoversEarlier ? -1 : step - 1,
            because,
            state.FailureCode ?? throw new UnreachableStateException(state, because),
            now)
        : step + 1 < kind.Steps.Length ? Go(kind.Steps[step + 1].Do, state.Terms, because, now, null)
        : [new SagaEvent.Moved(SagaPhases.Completed, because, null, null), kind.TellCompleted(state.Terms)];

    /// <summary>Undoes the steps from one back to the first; with none left to undo, the operation has failed.</summary>
    private static ImmutableArray<SagaEvent> Back(
        SagaDefinition kind, Saga state, int step, string because, string code, DateTimeOffset now)
    {
        for (; step >= 0; step--)
        {
            if (kind.Steps[step].Undo is { } undo)
            {
                return Go(undo, state.Terms, because, now, code);
            }
        }

        return [new SagaEvent.Moved(SagaPhases.Failed, because, null, code), kind.TellFailed(state.Terms, code)];
    }

    private static ImmutableArray<SagaEvent> Silence(SagaDefinition kind, Saga state, SagaRequest ask, DateTimeOffset now) =>
        state.Attempt < ask.AttemptsMax ? Again(state, ask, nameof(Signal.DeadlinePassed), state.Attempt + 1, now)
        : ask.UndoOnSilence is { } code ? Back(kind, state, kind.Find(state.Phase).Step, nameof(Signal.DeadlinePassed), code, now)
        : [new SagaEvent.WentOverdue(state.Phase, now)];

    private static ImmutableArray<SagaEvent> Go(
        SagaRequest ask, SagaTerms terms, string because, DateTimeOffset now, string? failureCode) =>
        [new SagaEvent.Moved(ask.Phase, because, now + ask.Timeout, failureCode), ask.Command(terms)];

    private static ImmutableArray<SagaEvent> Again(Saga state, SagaRequest ask, string because, int attempt, DateTimeOffset now) =>
        [new SagaEvent.Retried(state.Phase, because, attempt, now + ask.Timeout), CommandOf(state, ask)];

    /// <summary>The same command, and where the card processor has declined it, a new request for the same.</summary>
    private static SagaEvent CommandOf(Saga state, SagaRequest ask) => ask.Command(state.Terms) switch
    {
        SagaEvent.CardCommanded { Command: CardCommand.Void command } =>
            new SagaEvent.CardCommanded(command with { Declines = state.Declines }),
        SagaEvent.CardCommanded { Command: CardCommand.Refund command } =>
            new SagaEvent.CardCommanded(command with { Declines = state.Declines }),
        var command => command,
    };

    /// <summary>What a card processor says is not stored anywhere else of ours.</summary>
    private static ImmutableArray<SagaEvent> Evidence(Signal signal) =>
        signal is Signal.OfCard { Answer: var answer } ? [new SagaEvent.CardAnswered(answer)] : [];

    /// <summary>What a person declares is booked as if the processor had said it: if it is not so, the books differ and show it.</summary>
    private static ImmutableArray<SagaEvent> Declared(Saga state, SagaRequest ask) =>
        CommandOf(state, ask) is SagaEvent.CardCommanded { Command: var c }
            ? [new SagaEvent.CardAnswered(new CardAnswer(c.For, c.Act, state.Terms.Amount, null, c.DeclinedBefore), IsDeclared: true)]
            : [];

    /// <summary>Doubled with each attempt, of which there are few.</summary>
    private TimeSpan Pause(int attempt) => timeouts.RefusalPause * (1 << (attempt - 1));

    private static Decision<SagaEvent> Accept(ImmutableArray<SagaEvent> events) => new Decision<SagaEvent>.Accepted(events);

    private static Decision<SagaEvent> Refuse(string code, string message) => new Decision<SagaEvent>.Refused(new Refusal(code, message));
}
