using System.Text.Json;
using System.Text.Json.Serialization;

namespace Payments.Services.Invariants.Auditing;

/// <summary>Where the next round of an audit goes on.</summary>
/// <param name="Position">The log was followed up to here.</param>
/// <param name="Transaction">
/// Rows written by this transaction (xid8) or a later one have not been looked at; null before the first round.
/// </param>
/// <param name="Walked">The last stream that the walk has come to; empty at the beginning.</param>
internal sealed record AuditCursor(long Position, string? Transaction, string Walked)
{
    public static readonly AuditCursor Start = new(0, null, "");

    public static AuditCursor Read(string? json) =>
        json is null ? Start : JsonSerializer.Deserialize(json, AuditCursorJson.Default.AuditCursor) ?? Start;

    public string Write() => JsonSerializer.Serialize(this, AuditCursorJson.Default.AuditCursor);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AuditCursor))]
internal sealed partial class AuditCursorJson : JsonSerializerContext;
