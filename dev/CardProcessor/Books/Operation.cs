using System.Text.Json.Serialization;

namespace Payments.CardProcessor.Books;

[JsonConverter(typeof(JsonStringEnumConverter<OperationKind>))]
public enum OperationKind
{
    [JsonStringEnumMemberName("authorise")]
    Authorise,

    [JsonStringEnumMemberName("capture")]
    Capture,

    [JsonStringEnumMemberName("void")]
    Void,

    [JsonStringEnumMemberName("refund")]
    Refund,

    [JsonStringEnumMemberName("reverse")]
    Reverse,
}

[JsonConverter(typeof(JsonStringEnumConverter<OperationStatus>))]
public enum OperationStatus
{
    [JsonStringEnumMemberName("approved")]
    Approved,

    [JsonStringEnumMemberName("declined")]
    Declined,
}

/// <summary>
/// One entry of the books, and the answer to its request: now, at every repeat, and to whoever looks it up. Never changed.
/// </summary>
/// <param name="Key">The idempotency key of the request.</param>
/// <param name="Code">Why it was declined; for an approved reversal, what it did. See <see cref="ProcessorCodes"/>.</param>
/// <param name="AuthorisationId">The authorisation made, or named by the request. Null when there is none.</param>
/// <param name="Amount">Minor units: what was asked for; of a void or reversal, what it gave back.</param>
/// <param name="Currency">Null where neither the request nor an authorisation tells.</param>
/// <param name="Sequence">From 1, in commit order, without gaps.</param>
/// <param name="OriginalKey">Of a reversal: the key that it reversed.</param>
public sealed record Operation(
    string Key,
    OperationKind Kind,
    OperationStatus Status,
    string? Code,
    Guid? AuthorisationId,
    long Amount,
    string? Currency,
    DateTimeOffset At,
    long Sequence,
    string? OriginalKey = null);
