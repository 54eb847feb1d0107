using System.Text.Json;
using System.Text.Json.Nodes;
using Payments.Contracts.Events;

namespace Payments.Operations.TimeTravel;

/// <summary>What changed between two states, as JSON: pure.</summary>
public static class StateDiff
{
    public static IReadOnlyList<StateChange> Between(JsonNode? before, JsonNode? after)
    {
        var changes = new List<StateChange>();
        Compare("", before, after, changes);
        return changes;
    }

    private static void Compare(string path, JsonNode? before, JsonNode? after, List<StateChange> changes)
    {
        if (JsonNode.DeepEquals(before, after))
        {
            return;
        }

        if (Parts(before) is not { } was || Parts(after) is not { } isNow || before!.GetValueKind() != after!.GetValueKind())
        {
            changes.Add(new(path, before?.DeepClone(), after?.DeepClone()));
            return;
        }

        var inList = before is JsonArray;
        foreach (var name in was.Keys.Union(isNow.Keys))
        {
            var at = inList ? $"{path}[{name}]" : path.Length == 0 ? name : $"{path}.{name}";
            Compare(at, was.GetValueOrDefault(name), isNow.GetValueOrDefault(name), changes);
        }
    }

    // The members of an object, the entries of a list; null for a plain value.
    private static Dictionary<string, JsonNode?>? Parts(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                return members.ToDictionary(m => m.Key, m => m.Value);
            case JsonArray entries:
                var parts = new Dictionary<string, JsonNode?>();
                foreach (var entry in entries)
                {
                    var name = entry is JsonObject o && o.FirstOrDefault().Value is { } first
                        && first.GetValueKind() == JsonValueKind.String
                        ? first.GetValue<string>()
                        : null;
                    if (name is null || !parts.TryAdd(name, entry))
                    {
                        parts.Add($"#{parts.Count}", entry);
                    }
                }

                return parts;
            default:
                return null;
        }
    }
}
