namespace Payments.Contracts.Sagas;

/// <param name="Act"><c>retry</c>, <c>compensate</c> or <c>complete</c>.</param>
public sealed record SagaPreviewRequest(string Act);

/// <summary>What an act would do now, decided by the same rules and not stored.</summary>
/// <param name="Refusal">Why it would be refused; null when it would not.</param>
/// <param name="Does">In sentences.</param>
/// <param name="Commands">What would be asked of others, for example <c>card.void</c>.</param>
public sealed record SagaActPreview(
    Guid SagaId,
    string Act,
    bool IsAllowed,
    SagaActRefusal? Refusal,
    string PhaseBefore,
    string Phase,
    IReadOnlyList<string> Does,
    IReadOnlyList<string> Commands,
    IReadOnlyList<MoneyEffect> Money,
    long Version);

public sealed record SagaActRefusal(string Code, string Detail);

/// <summary>What happens to money once a command is executed. A command that was executed before does nothing a second time.</summary>
/// <param name="Account"><c>wallet/{id}</c> or <c>card</c>.</param>
/// <param name="Effect"><c>held</c>, <c>released</c>, <c>debited</c> or <c>credited</c>.</param>
/// <param name="Amount">Minor units; null: whatever is held for this.</param>
public sealed record MoneyEffect(string Account, string Effect, long? Amount, string? Currency);

/// <summary>The body of an act.</summary>
/// <param name="Reason">3 to 500 characters: why, in the operator's own words.</param>
/// <param name="Phase">The phase in which the operator saw the saga. When it has gone on since, nothing is done.</param>
public sealed record SagaActRequest(string Reason, string? Phase = null);

/// <summary>What an act has done.</summary>
public sealed record SagaActAnswer(
    Guid SagaId,
    string Act,
    string PhaseBefore,
    string Phase,
    DateTimeOffset? Deadline,
    IReadOnlyList<string> Does,
    IReadOnlyList<string> Commands,
    IReadOnlyList<MoneyEffect> Money,
    long Version);

/// <summary>What a person has done about a saga.</summary>
/// <param name="Version">Of the saga with it: its place in the history.</param>
public sealed record SagaActView(
    Guid SagaId, long Version, string Act, string By, string Reason, string PhaseBefore, string PhaseAfter, DateTimeOffset ActedAt);
