using System.Text.Json.Nodes;

namespace Payments.Domain.Wire;

/// <summary>One step in the history of a stored type: what schema version <paramref name="From"/> would look like, had it been written as the next.</summary>
/// <param name="Lift">A pure function of the JSON alone. It may change what it is given.</param>
public sealed record Upcaster(string Name, int From, Func<JsonObject, JsonObject> Lift);

/// <summary>How what was stored in the past is read today.</summary>
internal static class History
{
    /// <summary>None yet: all types have the schema they were born with.</summary>
    public static readonly IReadOnlyList<Upcaster> Steps = [];
}
