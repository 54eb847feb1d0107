using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Payments.Operations.Invariants.ProjectionChecks;

/// <summary>Compares a row of a table with the row that the projection gives for the folded state. Pure.</summary>
internal static class RowComparison
{
    // PostgreSQL keeps microseconds, .NET a tenth of one.
    private static readonly TimeSpan TimesDifferFrom = TimeSpan.FromMicroseconds(1);

    /// <param name="stored">The row, by column.</param>
    /// <param name="expected">The row as the apply function takes it; a member that is null may be absent.</param>
    /// <param name="members">Which member belongs to which column.</param>
    /// <returns>What differs, by column.</returns>
    public static Dictionary<string, (JsonNode? Stored, JsonNode? Expected)> Differences(
        JsonObject stored, JsonObject expected, IReadOnlyDictionary<string, string> members)
    {
        var differences = new Dictionary<string, (JsonNode?, JsonNode?)>();
        foreach (var (column, value) in stored)
        {
            if (members.TryGetValue(column, out var member) && !Same(value, expected[member]))
            {
                differences[column] = (value, expected[member]);
            }
        }

        return differences;
    }

    private static bool Same(JsonNode? stored, JsonNode? expected) => (stored?.GetValueKind(), expected?.GetValueKind()) switch
    {
        (null, null) => true,
        (null, _) or (_, null) => false,
        (JsonValueKind.Number, JsonValueKind.Number) => Number(stored!) == Number(expected!),
        (JsonValueKind.String, JsonValueKind.String) => SameText(stored!.GetValue<string>(), expected!.GetValue<string>()),
        _ => JsonNode.DeepEquals(stored, expected),
    };

    private static bool SameText(string stored, string expected) =>
        stored == expected || (Time(stored) is { } a && Time(expected) is { } b && (a - b).Duration() <= TimesDifferFrom);

    private static decimal Number(JsonNode node) => decimal.Parse(node.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture);

    private static DateTimeOffset? Time(string text) =>
        text.Length >= 19 && text[10] == 'T'
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
}
