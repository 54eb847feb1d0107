using System.Text.Json.Serialization;

namespace Payments.Contracts.Sagas;

/// <summary>A saga as operators see it.</summary>
/// <param name="SagaId">Also the id of the payment or refund that it carries out.</param>
/// <param name="Definition">Its kind: <c>wallet-payment</c>, <c>transfer</c>, <c>card-payment-v2</c>, <c>wallet-refund</c>,
/// <c>card-refund</c>; <c>card-payment</c> began before the card was captured first.</param>
/// <param name="Method">The method of the payment: <c>wallet</c>, <c>transfer</c> or <c>card</c>.</param>
/// <param name="PaymentId">The payment that is made, or that is refunded.</param>
/// <param name="Phase">What it waits for, for example <c>holding</c> or <c>capturing_card</c>; or how it ended: <c>completed</c>,
/// <c>failed</c>.</param>
/// <param name="Overdue">Nothing was heard by the last deadline.</param>
/// <param name="Attempt">How often the present question was asked.</param>
/// <param name="RefusalCode">What it was refused with, though it must not be.</param>
/// <param name="WaitingFor">What is awaited, and from whom; null once it has ended.</param>
/// <param name="Reason">The whole in one sentence for people.</param>
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

public sealed record SagaPage(IReadOnlyList<SagaView> Items, string? Next);

/// <summary>How many sagas there are of each kind, and what stuck ones hold up.</summary>
/// <param name="Phases">How many sagas are in each phase.</param>
/// <param name="Stuck">Overdue, refused where there must be no refusal, or asked more than once.</param>
/// <param name="StuckMoney">What stuck sagas hold up.</param>
/// <param name="OldestStuck">Since when the one waits that has waited longest.</param>
public sealed record SagaOverview(
    long Holding,
    long Crediting,
    long Capturing,
    long Releasing,
    long Completed,
    long Failed,
    long Overdue,
    long LastPosition,
    long DeadLetters,
    long Stuck,
    IReadOnlyDictionary<string, long> Phases,
    IReadOnlyList<MoneyView> StuckMoney,
    DateTimeOffset? OldestStuck)
{
    /// <remarks>An older service says nothing of phases.</remarks>
    [JsonIgnore]
    public long InFlight => Phases is { } all
        ? all.Where(p => p.Key is not ("completed" or "failed")).Sum(p => p.Value)
        : Holding + Crediting + Capturing + Releasing;
}

/// <summary>The state of the card step.</summary>
/// <param name="State"><c>closed</c>, <c>open</c>, <c>half_open</c> (the next call tries the processor out) or <c>probing</c>.</param>
/// <param name="Failures">In a row.</param>
/// <param name="Shared">Whether all instances have this state, through Redis; otherwise it is this instance's own.</param>
/// <param name="WaitingCalls">Calls that wait, of all instances.</param>
/// <param name="CallsUnderWay">Of all instances.</param>
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
