namespace Payments.CardProcessor.Books;

/// <summary>Why an operation was declined, or what a reversal did. Part of the API, never renamed.</summary>
public static class ProcessorCodes
{
    public const string AlreadyCaptured = "already_captured";
    public const string AlreadyVoided = "already_voided";
    public const string AmountExceedsAuthorised = "amount_exceeds_authorised";
    public const string AmountExceedsCaptured = "amount_exceeds_captured";
    public const string AuthorisationNotFound = "authorisation_not_found";
    public const string CardDeclined = "card_declined";
    public const string CurrencyMismatch = "currency_mismatch";

    /// <summary>By order of a fault control.</summary>
    public const string Declined = "declined";

    /// <summary>The key to reverse is one of a capture, a void, a refund or a reversal.</summary>
    public const string NotAnAuthorisation = "not_an_authorisation";

    /// <summary>Of a reversal that found nothing in force under the key, and has closed the key for what may yet arrive.</summary>
    public const string NothingToReverse = "nothing_to_reverse";

    /// <summary>Of an authorisation that arrived after its reversal.</summary>
    public const string Reversed = "reversed";

    public const string UnknownToken = "unknown_token";

    /// <summary>Of a reversal that has undone an authorisation.</summary>
    public const string Voided = "voided";
}
