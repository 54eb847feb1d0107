namespace Payments.Domain.Sagas;

/// <summary>One operation on its way, folded from its events. What it does next is said by <see cref="SagaEngine"/>.</summary>
/// <param name="Phase">What it waits for, or how it ended: one of <see cref="SagaPhases"/>.</param>
/// <param name="Deadline">When silence is acted upon; null once the saga has ended.</param>
/// <param name="Attempt">How often the present question was asked.</param>
/// <param name="Overdue">All attempts are used up and a person was told. The awaited answer still moves the saga on.</param>
/// <param name="FailureCode">Why it is being undone, or why it failed.</param>
/// <param name="RefusalCode">What the present question was last refused with, though it must not be.</param>
/// <param name="CompensationRequested">It is undone as soon as the present answer is known.</param>
/// <param name="Declines">How often the card processor has declined what is asked now.</param>
public sealed record Saga(
    string Definition,
    SagaTerms Terms,
    string Phase,
    DateTimeOffset? Deadline,
    int Attempt,
    bool Overdue,
    string? FailureCode,
    string? RefusalCode,
    bool CompensationRequested,
    int Declines = 0) : IIdentified
{
    string IIdentified.Identity => Terms.Operation.ToString();

    public bool HasEnded => Phase is SagaPhases.Completed or SagaPhases.Failed;

    public static Saga Evolve(Saga? state, SagaEvent e) => (state, e) switch
    {
        (null, SagaEvent.Started s) => new Saga(s.Definition, s.Terms, "", null, 0, false, null, null, false),
        ({ HasEnded: false } s, SagaEvent.Moved m) => s with
        {
            Phase = m.To,
            Deadline = m.Deadline,
            Attempt = 1,
            Overdue = false,
            FailureCode = m.FailureCode,
            RefusalCode = null,
            CompensationRequested = false,
            Declines = 0,
        },
        ({ HasEnded: false } s, SagaEvent.Retried r) when r.In == s.Phase =>
            s with { Attempt = r.Attempt, Deadline = r.Deadline, Overdue = false },
        ({ HasEnded: false } s, SagaEvent.StepRefused r) when r.In == s.Phase => s with { RefusalCode = r.Code, Deadline = r.Deadline },
        ({ HasEnded: false } s, SagaEvent.WentOverdue late) when late.In == s.Phase => s with { Overdue = true },
        ({ HasEnded: false } s, SagaEvent.CompensationRequested c) when c.In == s.Phase => s with { CompensationRequested = true },
        ({ HasEnded: false } s, SagaEvent.CardAnswered { Answer.IsApproved: false }) => s with { Declines = s.Declines + 1 },
        ({ HasEnded: false } s, SagaEvent.OperatorActed or SagaEvent.CardAnswered) => s, // What follows from it are events of their own.
        ({ } s, SagaEvent.WalletCommanded or SagaEvent.PaymentCommanded or SagaEvent.CardCommanded) => s, // Orders: history, not state.
        _ => throw new UnreachableStateException(state, e),
    };
}
