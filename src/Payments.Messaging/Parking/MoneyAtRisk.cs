using System.Text.Json;

namespace Payments.Messaging.Parking;

/// <summary>How much money a message is about, as far as it can be read without knowing its type: for ranking, never for booking.</summary>
public static class MoneyAtRisk
{
    /// <summary>
    /// The first <c>amount</c> of minor units and currency, at the top or one level below. Null when there is none to be read.
    /// </summary>
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
        catch (JsonException)
        {
            return null; // What is no JSON names no amount. It is a dead letter for that very reason.
        }
    }

    private static (long, string)? Amount(JsonElement element) =>
        element.ValueKind is JsonValueKind.Object
        && element.TryGetProperty("amount", out var amount)
        && amount.ValueKind is JsonValueKind.Object
        && amount.TryGetProperty("minor", out var minor)
        && minor.ValueKind is JsonValueKind.Number
        && minor.TryGetInt64(out var value)
        && amount.TryGetProperty("currency", out var currency)
        && currency.ValueKind is JsonValueKind.String
        && currency.GetString() is { Length: 3 } code
            ? (value, code)
            : null;
}
