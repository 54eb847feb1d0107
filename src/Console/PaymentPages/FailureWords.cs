using Payments.Domain;

namespace Payments.Console.PaymentPages;

/// <summary>Failure codes as people say them.</summary>
public static class FailureWords
{
    // As the card processor says it; the payment keeps it word for word.
    private const string Declined = "declined";
    private const string UnknownToken = "unknown_token";

    /// <summary>A few words, for a list.</summary>
    public static string Short(string code) => code.Replace('_', ' ');

    /// <summary>A sentence, for the payment's own page.</summary>
    public static string Sentence(string code) => code switch
    {
        RefusalCodes.InsufficientFunds => "The payer's wallet did not have that much available. No money moved.",
        RefusalCodes.BalanceLimit => "The payee's wallet could not take the amount in. The payer's money was made available again.",
        RefusalCodes.WalletNotFound => "One of the wallets does not exist. No money moved.",
        RefusalCodes.CurrencyMismatch => "The wallets hold another currency than the payment. No money moved.",
        RefusalCodes.WalletFrozen => "One of the wallets is frozen. No money moved.",
        RefusalCodes.LimitPerTransaction => "The amount is above the limit of one payment. No money moved.",
        RefusalCodes.LimitPerDay => "The payer's limit for the day was reached. No money moved.",
        RefusalCodes.TooManyHolds => "The payer's wallet has too much on its way already. No money moved.",
        RefusalCodes.CardDeclined or Declined => "The card was declined. No money moved.",
        UnknownToken => "The card processor does not know the card's token. No money moved.",
        RefusalCodes.CardProcessorUnavailable => "The card processor did not answer in time. What it may have authorised was let go.",
        RefusalCodes.CompensatedByOperator => "An operator had it undone. No money moved in the end.",
        _ => $"It ended with '{Short(code)}'. No money moved.",
    };

    /// <summary>It is about cards: its cause is beyond the card processor.</summary>
    public static bool IsOfCards(string code) =>
        code is RefusalCodes.CardDeclined or RefusalCodes.CardProcessorUnavailable or Declined or UnknownToken;

    /// <summary>What many payments that fail with one code usually mean.</summary>
    public static string Wave(string code) => code switch
    {
        RefusalCodes.CardDeclined or Declined =>
            "Many declines at once are rarely about the cards: look whether the processor, an issuer or a rule of theirs has changed.",
        RefusalCodes.CardProcessorUnavailable =>
            "The card processor does not answer, or too late. Payments by card are undone, none is lost.",
        RefusalCodes.InsufficientFunds => "Payers ask for more than they have. Many from one payer point to a client that repeats itself.",
        RefusalCodes.WalletFrozen => "Somebody has frozen a wallet that is paid from or to.",
        RefusalCodes.LimitPerDay or RefusalCodes.LimitPerTransaction => "A limit is reached: the settings tell which there are.",
        RefusalCodes.CompensatedByOperator => "Operators have had these undone; the audit says who and why.",
        _ => "All of them failed for the same reason: one of them shows where.",
    };
}
