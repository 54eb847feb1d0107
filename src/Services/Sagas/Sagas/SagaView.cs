using System.Text.Json;
using System.Text.Json.Serialization;
using Payments.SagaService.Cards;
using Payments.SagaService.Operators;

namespace Payments.SagaService.Sagas;

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
    long Version);

public sealed record SagaPage(IReadOnlyList<SagaView> Items, string? Next);

/// <param name="Phases">How many sagas are in each phase.</param>
/// <param name="Stuck">Overdue, refused where there must be no refusal, or asked more than once.</param>
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
    IReadOnlyList<StuckMoney> StuckMoney,
    DateTimeOffset? OldestStuck);

/// <param name="Amount">Minor units: what stuck sagas hold up, in one currency.</param>
public sealed record StuckMoney(string Currency, decimal Amount);

/// <summary>The row that <c>apply_sagas</c> takes.</summary>
internal sealed record SagaRow(
    Guid SagaId,
    string Definition,
    string Method,
    Guid PaymentId,
    string Phase,
    bool Overdue,
    DateTimeOffset? Deadline,
    int Attempt,
    string? RefusalCode,
    string? Awaits,
    bool CompensationRequested,
    Guid? PayerWalletId,
    Guid PayeeWalletId,
    long Amount,
    string Currency,
    string? FailureCode,
    DateTimeOffset ChangedAt,
    long Version);

/// <summary>The row that <c>apply_card_calls</c> takes. Without a command: nothing is to be asked.</summary>
internal sealed record CardCallRow(
    Guid SagaId,
    string? CallKey = null,
    string? CommandType = null,
    int? CommandSchema = null,
    JsonElement? Command = null,
    Guid? PaymentId = null,
    long? Version = null,
    DateTimeOffset? AskedAt = null);

/// <summary>The row that <c>apply_card_books</c> takes.</summary>
internal sealed record CardBookRow(
    string Key, Guid Operation, Guid Payment, string Act, long Amount, string Currency, bool Declared, DateTimeOffset At, long Version);

/// <summary>The row that <c>apply_saga_acts</c> takes. Without an act: where the act of that version has led to.</summary>
/// <param name="Version">Of the saga with the act.</param>
internal sealed record SagaActRow(
    Guid SagaId,
    long Version,
    string PhaseAfter,
    string? Act = null,
    string? By = null,
    string? Reason = null,
    string? PhaseBefore = null,
    DateTimeOffset? ActedAt = null);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SagaView))]
[JsonSerializable(typeof(SagaPage))]
[JsonSerializable(typeof(SagaOverview))]
[JsonSerializable(typeof(IReadOnlyList<DefinitionView>))]
[JsonSerializable(typeof(SagaRow))]
[JsonSerializable(typeof(CardCallRow))]
[JsonSerializable(typeof(CardBookRow))]
[JsonSerializable(typeof(SagaActRow))]
[JsonSerializable(typeof(ActRequest))]
[JsonSerializable(typeof(PreviewRequest))]
[JsonSerializable(typeof(ActAnswer))]
[JsonSerializable(typeof(ActPreview))]
[JsonSerializable(typeof(IReadOnlyList<ActView>))]
[JsonSerializable(typeof(BreakerView))]
internal sealed partial class SagaJson : JsonSerializerContext;
