using Payments.ServiceDefaults.Callers;

namespace Payments.CardProcessor.Api;

/// <summary>Checks what came in and collects what is wrong with it, by field.</summary>
internal sealed class Input
{
    /// <summary>10^15 minor units: far above any card payment and far below overflow.</summary>
    public const long AmountMax = 1_000_000_000_000_000;

    private const int ReferenceLengthMax = 140;
    private const int TokenLengthMax = 64;

    public Dictionary<string, string[]> Errors { get; } = [];

    public void Token(string token) =>
        Check("token", IsVisible(token, TokenLengthMax), $"Must be 1 to {TokenLengthMax} visible ASCII characters.");

    public void Amount(long amount) =>
        Check("amount", amount is >= 1 and <= AmountMax, $"Must be a whole number of minor units from 1 to {AmountMax}.");

    // Only its form: which currencies there are is the platform's affair.
    public void Currency(string? currency) => Check(
        "currency",
        currency is null || (currency.Length == 3 && currency.All(char.IsAsciiLetterUpper)),
        "Must be an ISO 4217 currency code such as EUR.");

    public void Reference(string? reference) => Check(
        "reference",
        reference is null || (reference.Length <= ReferenceLengthMax && !reference.Any(char.IsControl)),
        $"Must be at most {ReferenceLengthMax} characters without control characters.");

    public Guid Authorisation(string text)
    {
        Check("authorisationId", Guid.TryParseExact(text, "D", out var id), "Must be the id of an authorisation.");
        return id;
    }

    public void OriginalKey(string original, string own)
    {
        Check("originalKey", IsKey(original), $"Must be 1 to {IdempotencyKey.LengthMax} visible ASCII characters.");
        Check("originalKey", original != own, "Must be another key than that of the reversal.");
    }

    public static bool IsKey(string text) => IsVisible(text, IdempotencyKey.LengthMax);

    private void Check(string field, bool ok, string message)
    {
        if (!ok)
        {
            Errors.TryAdd(field, [message]);
        }
    }

    private static bool IsVisible(string text, int lengthMax) =>
        text.Length >= 1 && text.Length <= lengthMax && text.All(c => c is > ' ' and <= '~');
}
