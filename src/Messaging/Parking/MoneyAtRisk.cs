using System.Text.Json;
using Payments.Domain;

namespace Payments.Messaging.Parking;

/// <summary>How much money a message is about, as far as it can be read without knowing its type: for ranking, never for booking.</summary>
public static class MoneyAtRisk
{
    /// <summary>
    /// The first <c>amount</c> of minor units and currency, at the top or one level below. Null when there is none to be read, or when it
    /// is no amount that the platform could ever move.
    /// </summary>
    /// <remarks>
    /// Total: it is asked about messages that nobody understands, and whatever they say must not keep them from being parked.
    /// </remarks>
    public static (long Amount, string Currency)? Of(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            return Amount(root) ?? (root.ValueKind is JsonValueKind.Object
                ? root.EnumerateObject().Select(member => Amount(member.Value)).FirstOrDefault(found => found is not null)
                : null);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or ArgumentException)
        {
            // What is no JSON names no amount; nor does JSON whose text is no Unicode, which is found only when it is read.
            return null;
        }
    }

    private static (long, string)? Amount(JsonElement element) =>
        element.ValueKind is JsonValueKind.Object
        && element.TryGetProperty("amount", out var amount)
        && amount.ValueKind is JsonValueKind.Object
        && amount.TryGetProperty("minor", out var minor)
        && minor.ValueKind is JsonValueKind.Number
        && minor.TryGetInt64(out var value)
        && value is >= -Money.AmountMinorMax and <= Money.AmountMinorMax
        && amount.TryGetProperty("currency", out var currency)
        && currency.ValueKind is JsonValueKind.String
        && currency.GetString() is { Length: 3 } code
        && code.All(char.IsAsciiLetterUpper)
            ? (value, code)
            : null;
}
