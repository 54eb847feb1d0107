using System.Text.Json.Serialization;

namespace Payments.CardProcessor.Books;

[JsonConverter(typeof(JsonStringEnumConverter<AuthorisationStatus>))]
public enum AuthorisationStatus
{
    [JsonStringEnumMemberName("authorised")]
    Authorised,

    /// <summary>More may be captured.</summary>
    [JsonStringEnumMemberName("partially_captured")]
    PartiallyCaptured,

    /// <summary>Nothing more can be captured: all of it was, or the rest was voided.</summary>
    [JsonStringEnumMemberName("captured")]
    Captured,

    /// <summary>Nothing was captured, and nothing can be.</summary>
    [JsonStringEnumMemberName("voided")]
    Voided,
}

/// <summary>A card's promise of an amount, and what became of it. Amounts in minor units of one currency.</summary>
/// <param name="Key">The idempotency key it was made under.</param>
public sealed record Authorisation(
    Guid AuthorisationId,
    string Key,
    string Token,
    string Currency,
    long Amount,
    long Captured,
    long Refunded,
    bool Voided,
    string? Reference)
{
    /// <summary>What can still be captured.</summary>
    public long Open => Voided ? 0 : Amount - Captured;

    /// <summary>What can still be refunded.</summary>
    public long Refundable => Captured - Refunded;

    public AuthorisationStatus Status => this switch
    {
        { Captured: 0, Voided: true } => AuthorisationStatus.Voided,
        { Captured: 0 } => AuthorisationStatus.Authorised,
        { Open: 0 } => AuthorisationStatus.Captured,
        _ => AuthorisationStatus.PartiallyCaptured,
    };
}
