using System.Text.Json.Serialization;

namespace Payments.Console.Gateway;

/// <summary>An operation on its way, or how it ended. Amounts in minor units.</summary>
/// <param name="SagaId">Also the id of the payment or refund.</param>
/// <param name="Phase">What it waits for, as <c>capturing_card</c>; or <c>completed</c>, <c>failed</c>.</param>
public sealed record SagaView(
    Guid SagaId,
    string Definition,
    string Method,
    Guid PaymentId,
    string Phase,
    bool Overdue,
    bool Stuck,
    DateTimeOffset? Deadline,
    int Attempt,
    string? RefusalCode,
    bool CompensationRequested,
    string? WaitingFor,
    DateTimeOffset? WaitingSince,
    string? Reason,
    Guid? PayerWalletId,
    Guid PayeeWalletId,
    long Amount,
    string Currency,
    string? FailureCode,
    DateTimeOffset StartedAt,
    DateTimeOffset UpdatedAt,
    long Version)
{
    [JsonIgnore]
    public bool HasEnded => Phase is "completed" or "failed";

    [JsonIgnore]
    public bool IsRefund => SagaId != PaymentId;
}

public sealed record SagaPage(IReadOnlyList<SagaView> Items, string? Next = null);

/// <summary>A kind of saga: its steps in order.</summary>
public sealed record SagaDefinitionView(string Name, IReadOnlyList<SagaStepView> Steps);

/// <param name="IsPivot">Once done there is no way back.</param>
/// <param name="UndoCoversEarlier">Its undoing undoes the steps before it too.</param>
public sealed record SagaStepView(SagaAskView Do, SagaAskView? Undo, bool IsPivot, bool UndoCoversEarlier = false);

/// <param name="Of">Who is asked: <c>wallet</c> or <c>card-processor</c>.</param>
public sealed record SagaAskView(string Phase, string Of, long TimeoutMs, int AttemptsMax, string? UndoOnSilence);

public sealed record SagaPreviewOrder(string Act);

/// <summary>What an act would do now.</summary>
public sealed record SagaActPreview(
    Guid SagaId,
    string Act,
    bool IsAllowed,
    SagaActRefusal? Refusal,
    string PhaseBefore,
    string Phase,
    IReadOnlyList<string> Does,
    IReadOnlyList<string> Commands,
    IReadOnlyList<SagaMoney> Money,
    long Version);

public sealed record SagaActRefusal(string Code, string Detail);

public sealed record SagaMoney(string Account, string Effect, long? Amount, string? Currency);

/// <param name="Phase">As it was looked at: when the saga has gone on since, nothing is done.</param>
public sealed record SagaActOrder(string Reason, string Phase);

public sealed record SagaActAnswer(Guid SagaId, string Act, string PhaseBefore, string Phase, IReadOnlyList<string> Does);

public sealed record SagaActView(
    Guid SagaId, long Version, string Act, string By, string Reason, string PhaseBefore, string PhaseAfter, DateTimeOffset ActedAt);

/// <summary>The breaker before the card processor.</summary>
/// <param name="State"><c>closed</c>, <c>open</c>, <c>half_open</c> or <c>probing</c>.</param>
public sealed record BreakerView(
    string State,
    int Failures,
    int FailuresMax,
    DateTimeOffset? OpenUntil,
    bool Shared,
    long WaitingCalls,
    long CallsUnderWay,
    int PlacesFree)
{
    [JsonIgnore]
    public bool IsOpen => State != "closed";
}
