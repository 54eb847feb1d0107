using Payments.Domain.Cards;
using Payments.Domain.Payments;
using Payments.Domain.Wallets;

namespace Payments.Domain.Sagas;

/// <summary>What has happened to one saga.</summary>
public abstract record SagaEvent
{
    private SagaEvent()
    {
    }

    /// <param name="Definition">The name of its definition, one of <see cref="SagaNames"/>.</param>
    public sealed record Started(string Definition, SagaTerms Terms) : SagaEvent;

    /// <summary>The saga went on. <paramref name="Because"/> names the signal; the deadline is when silence is acted upon.</summary>
    /// <param name="To">One of <see cref="SagaPhases"/>.</param>
    public sealed record Moved(string To, string Because, DateTimeOffset? Deadline, string? FailureCode) : SagaEvent;

    /// <summary>The same was asked again. The command that follows is the same one: executed at most once.</summary>
    /// <param name="Attempt">From 2; 1 when a person has it asked anew.</param>
    public sealed record Retried(string In, string Because, int Attempt, DateTimeOffset Deadline) : SagaEvent;

    /// <summary>A step that must not fail was refused: a compensation, or what follows a step that has no way back.</summary>
    /// <param name="Deadline">When it is asked again; a saga that is overdue by then waits for a person instead.</param>
    public sealed record StepRefused(string In, string Code, DateTimeOffset Deadline) : SagaEvent;

    /// <summary>All attempts are used up. The saga goes on waiting, visibly, for the answer or for a person.</summary>
    public sealed record WentOverdue(string In, DateTimeOffset At) : SagaEvent;

    /// <summary>Compensation was asked for, but what there is to compensate hangs on an answer that is out: it begins with that.</summary>
    public sealed record CompensationRequested(string In) : SagaEvent;

    /// <summary>A person has acted. What the saga did about it follows.</summary>
    public sealed record OperatorActed(SagaIntervention Act, string By, string Reason) : SagaEvent;

    /// <summary>The card processor's certain answer, or what a person declared it to be: <see cref="SagaIntervention.Complete"/>.</summary>
    /// <param name="IsDeclared">A person has said it.</param>
    public sealed record CardAnswered(
        CardAnswer Answer,
        bool IsDeclared = false) : SagaEvent;

    public sealed record WalletCommanded(WalletCommand Command) : SagaEvent;

    public sealed record PaymentCommanded(PaymentCommand Command) : SagaEvent;

    public sealed record CardCommanded(CardCommand Command) : SagaEvent;
}

/// <summary>What a person can do about a saga.</summary>
public enum SagaIntervention
{
    /// <summary>Request the awaited answer again, with all attempts anew.</summary>
    Retry,

    /// <summary>Undo what was done, and let the operation fail.</summary>
    Compensate,

    /// <summary>Declare that the awaited answer of the card processor was «done», found out by other ways.</summary>
    Complete,
}
