using System.Text.Json.Serialization;

namespace Payments.SagaService.Sagas;

/// <summary>A saga as operators see it.</summary>
/// <param name="Phase">What it waits for: <c>holding</c>, <c>crediting</c>, <c>capturing</c>, <c>releasing</c>; or how it ended.</param>
/// <param name="Overdue">Nothing was heard by the deadline.</param>
public sealed record SagaView(
    Guid SagaId,
    string Phase,
    bool Overdue,
    DateTimeOffset? Deadline,
    Guid? PayerWalletId,
    Guid PayeeWalletId,
    long Amount,
    string Currency,
    string? FailureCode,
    DateTimeOffset StartedAt,
    DateTimeOffset UpdatedAt);

public sealed record SagaPage(IReadOnlyList<SagaView> Items, Guid? Next);

public sealed record SagaOverview(
    long Holding, long Crediting, long Capturing, long Releasing, long Completed, long Failed, long Overdue, long LastPosition, long DeadLetters);

/// <summary>The row that <c>apply_sagas</c> takes.</summary>
internal sealed record SagaRow(
    Guid SagaId,
    string Phase,
    bool Overdue,
    DateTimeOffset? Deadline,
    Guid? PayerWalletId,
    Guid PayeeWalletId,
    long Amount,
    string Currency,
    string? FailureCode,
    DateTimeOffset ChangedAt,
    long Version);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SagaPage))]
[JsonSerializable(typeof(SagaOverview))]
[JsonSerializable(typeof(SagaRow))]
internal sealed partial class SagaJson : JsonSerializerContext;
