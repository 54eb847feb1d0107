using System.Collections.Frozen;
using System.Text.Json.Nodes;

namespace Payments.Contracts.Wire;

/// <summary>
/// What a person may mend in a message: its form, and its words. Whatever says how much, of which currency, whose, and for what stays as
/// its sender wrote it. Pure.
/// </summary>
public static class Mendable
{
    /// <summary>
    /// The words of each type. Everything that is not named here is money, and so is a new member, until somebody decides.
    /// </summary>
    private static readonly FrozenDictionary<string, string[]> Words = new Dictionary<string, string[]>
    {
        ["payment.requested.v1"] = ["terms.reference"],
        ["payment.failed.v1"] = ["code"],
        ["payment.refund-requested.v1"] = ["terms.reason", "terms.payment.reference"],
        ["payment.refund-failed.v1"] = ["code"],
        ["command.payment.fail.v1"] = ["code"],
        ["command.payment.fail-refund.v1"] = ["code"],
        ["command.wallet.hold-funds.v1"] = ["reference"],
        ["wallet.funds-held.v1"] = ["reference"],
        ["wallet.hold-refused.v1"] = ["code"],
        ["wallet.capture-refused.v1"] = ["code"],
        ["wallet.credit-refused.v1"] = ["code"],
        ["wallet.credit-reversal-refused.v1"] = ["code"],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>
    /// The path of the first member that differs and may not, such as <c>amount.minor</c>; null when only form and words do.
    /// </summary>
    /// <param name="name">The stored name of both.</param>
    /// <exception cref="WireFormatException">One of them cannot be read.</exception>
    public static string? ChangedMoney(string name, int schema, ReadOnlySpan<byte> before, ReadOnlySpan<byte> after) => Difference(
        Written(name, schema, before), Written(name, schema, after), "", Words.GetValueOrDefault(name) ?? []);

    // As it would be written today: spelling, order and what older versions leave out are no differences.
    private static JsonNode? Written(string name, int schema, ReadOnlySpan<byte> json) =>
        JsonNode.Parse(WireFormat.Encode(WireFormat.Decode(name, schema, json)).Json);

    private static string? Difference(JsonNode? before, JsonNode? after, string path, string[] words)
    {
        if (words.Contains(path) || JsonNode.DeepEquals(before, after))
        {
            return null;
        }

        if (before is not JsonObject was || after is not JsonObject now)
        {
            return path;
        }

        return was.Select(member => member.Key).Union(now.Select(member => member.Key))
            .Select(name => Difference(was[name], now[name], path.Length == 0 ? name : $"{path}.{name}", words))
            .FirstOrDefault(difference => difference is not null);
    }
}
