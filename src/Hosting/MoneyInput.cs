using Payments.Domain;

namespace Payments.Hosting;

/// <summary>Checks the money fields of a request and collects what is wrong with them, by field.</summary>
public sealed class MoneyInput
{
    /// <summary>ISO 20022 allows 140 characters of unstructured remittance information.</summary>
    public const int ReferenceLengthMax = 140;

    public Dictionary<string, string[]> Errors { get; } = [];

    public Money Amount(long minor, string currency)
    {
        if (minor is < 1 or > Money.AmountMinorMax)
        {
            Errors["amount"] = [$"Must be a whole number of minor units from 1 to {Money.AmountMinorMax}."];
        }

        if (!Currency.TryParse(currency, out var known))
        {
            Errors["currency"] = ["Must be an ISO 4217 currency code such as EUR."];
        }

        return new Money(minor, known);
    }

    public void Reference(string? reference) => Text("reference", reference);

    /// <summary>The caller's own words for something.</summary>
    public void Text(string field, string? words)
    {
        if (words is not null && (words.Length > ReferenceLengthMax || words.Any(char.IsControl)))
        {
            Errors[field] = [$"Must be at most {ReferenceLengthMax} characters without control characters."];
        }
    }

    public WalletId Wallet(string field, string text)
    {
        if (!Guid.TryParseExact(text, "D", out var id))
        {
            Errors[field] = ["Must be the id of a wallet."];
        }

        return new WalletId(id);
    }
}
