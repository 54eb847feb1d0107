namespace Payments.CardProcessor.Books;

/// <summary>The cards that there are, each named by how it ends. Any other token is declined.</summary>
public static class CardTokens
{
    /// <summary>Approved.</summary>
    public const string Ok = "tok_ok";

    /// <summary>Declined with <see cref="ProcessorCodes.CardDeclined"/>.</summary>
    public const string Declined = "tok_declined";

    /// <summary>Approved, but the first answer does not arrive. A look-up or a repeat tells the truth at once.</summary>
    public const string Timeout = "tok_timeout";

    /// <summary>The first two attempts under a key fail before any effect; the third is approved.</summary>
    public const string Flaky = "tok_flaky";

    /// <summary>The processor cannot be used with this card, ever: nothing happens.</summary>
    public const string Down = "tok_down";

    /// <summary>How many attempts under one key fail with <see cref="Flaky"/>.</summary>
    public const int FlakyFailures = 2;

    /// <summary>Why the card is declined; null when it is approved.</summary>
    public static string? DeclineCode(string token) => token switch
    {
        Ok or Timeout or Flaky => null,
        Declined => ProcessorCodes.CardDeclined,
        _ => ProcessorCodes.UnknownToken,
    };
}
