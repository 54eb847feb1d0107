using System.Text.Json;
using System.Text.Json.Serialization;

namespace Payments.Operations.Invariants.ProjectionChecks;

/// <summary>Where the next round of an audit goes on.</summary>
/// <param name="Position">The log was followed up to here.</param>
/// <param name="Transaction">
/// Rows written by this transaction (xid8) or a later one have not been looked at; null before the first round.
/// </param>
/// <param name="Walked">The last stream that the walk has come to; empty at the beginning.</param>
internal sealed record CheckCursor(long Position, string? Transaction, string Walked)
{
    public static readonly CheckCursor Start = new(0, null, "");

    public static CheckCursor Read(string? json) =>
        json is null ? Start : JsonSerializer.Deserialize(json, AuditCursorJson.Default.CheckCursor) ?? Start;

    public string Write() => JsonSerializer.Serialize(this, AuditCursorJson.Default.CheckCursor);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CheckCursor))]
internal sealed partial class AuditCursorJson : JsonSerializerContext;
