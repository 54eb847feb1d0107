using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Payments.Operations.Invariants.ProjectionChecks;

/// <summary>A table of an inline projection with one row a stream: the state, as the service answers with it.</summary>
public sealed record CheckedTable
{
    /// <summary>The projection's name, which is the table's too.</summary>
    public required string Name { get; init; }

    /// <summary>The column with the stream's key, a uuid.</summary>
    public required string Key { get; init; }

    /// <summary>
    /// Members of the projection's row, by the column of the same name in snake_case. What no column has is only for the apply function.
    /// </summary>
    public required IReadOnlyDictionary<string, string> Members { get; init; }

    /// <summary>The name of the invariant that this table fits the events.</summary>
    public string InvariantName => $"{Name.Replace('_', '-')}-are-the-fold-of-events";

    /// <param name="row">The row's JSON form, as the projection writes it.</param>
    /// <param name="except">Columns that the log does not tell: the moment of a decision is not in its events.</param>
    public static CheckedTable Of(string name, string key, JsonTypeInfo row, params IReadOnlyCollection<string> except) => new()
    {
        Name = name,
        Key = key,
        Members = row.Properties.Select(p => p.Name)
            .ToDictionary(JsonNamingPolicy.SnakeCaseLower.ConvertName)
            .Where(m => !except.Contains(m.Key))
            .ToDictionary(),
    };
}
