using System.Text.Json;
using System.Text.Json.Serialization;

namespace Payments.WalletService.Invariants;

/// <summary>How far the log was added up, and what it came to.</summary>
/// <param name="Position">Events up to here are in the totals.</param>
/// <param name="Totals">Minor units by account (<c>wallets</c> for all wallets together) and currency, as <c>wallets EUR</c>.</param>
/// <param name="Reread">Where the second reading of the ledger goes on, which finds what was changed after the first.</param>
/// <param name="IsWhole">False: the log's beginning is archived, so the totals are of a part only.</param>
internal sealed record MoneyCursor(long Position, Dictionary<string, decimal> Totals, long Reread, bool IsWhole)
{
    public static MoneyCursor Read(string? json) =>
        (json is null ? null : JsonSerializer.Deserialize(json, MoneyCursorJson.Default.MoneyCursor)) ?? new MoneyCursor(0, [], 0, true);

    public string Write() => JsonSerializer.Serialize(this, MoneyCursorJson.Default.MoneyCursor);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(MoneyCursor))]
internal sealed partial class MoneyCursorJson : JsonSerializerContext;
