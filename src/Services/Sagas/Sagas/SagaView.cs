using System.Text.Json;
using System.Text.Json.Serialization;
using Payments.Contracts.Sagas;

namespace Payments.SagaService.Sagas;

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
[JsonSerializable(typeof(IReadOnlyList<SagaDefinitionView>))]
[JsonSerializable(typeof(SagaRow))]
[JsonSerializable(typeof(CardCallRow))]
[JsonSerializable(typeof(CardBookRow))]
[JsonSerializable(typeof(SagaActRow))]
[JsonSerializable(typeof(SagaActRequest))]
[JsonSerializable(typeof(SagaPreviewRequest))]
[JsonSerializable(typeof(SagaActAnswer))]
[JsonSerializable(typeof(SagaActPreview))]
[JsonSerializable(typeof(IReadOnlyList<SagaActView>))]
[JsonSerializable(typeof(BreakerView))]
internal sealed partial class SagaJson : JsonSerializerContext;
