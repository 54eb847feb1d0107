using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Payments.Contracts.Wire;

/// <summary>One stored type.</summary>
/// <param name="Schema">The schema version written today.</param>
public sealed record WireType(Type Clr, string Name, JsonTypeInfo Json, int Schema = 1);

/// <summary>Writes types under their stored names, and reads every version of them that was ever written.</summary>
public sealed class WireCatalog
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    private readonly FrozenDictionary<Type, WireType> _byClr;
    private readonly FrozenDictionary<string, WireType> _byName;
    private readonly FrozenDictionary<(string Name, int From), Upcaster> _steps;

    /// <exception cref="ArgumentException">
    /// A type or name appears twice, or an older schema version has no step, or more than one, to the next.
    /// </exception>
    public WireCatalog(IReadOnlyList<WireType> types, IReadOnlyList<Upcaster> steps)
    {
        _byClr = types.ToFrozenDictionary(t => t.Clr);
        _byName = types.ToFrozenDictionary(t => t.Name, StringComparer.Ordinal);
        _steps = steps.ToFrozenDictionary(s => (s.Name, s.From));
        var needed = types.SelectMany(t => Enumerable.Range(1, t.Schema - 1).Select(from => (t.Name, from)));
        if (!needed.ToHashSet().SetEquals(_steps.Keys))
        {
            throw new ArgumentException(
                "Each schema version but the newest of each type needs one step to the next, and nothing else does.", nameof(steps));
        }
    }

    public IEnumerable<(string Name, int Schema)> Names => _byName.Values.Select(t => (t.Name, t.Schema));

    public (string Name, int Schema, byte[] Json) Encode(object message) => _byClr.TryGetValue(message.GetType(), out var type)
        ? (type.Name, type.Schema, JsonSerializer.SerializeToUtf8Bytes(message, type.Json))
        : throw new ArgumentException($"{message.GetType()} has no stored name.", nameof(message));

    public object Decode(string name, int schemaVersion, ReadOnlySpan<byte> json)
    {
        if (!_byName.TryGetValue(name, out var type))
        {
            throw new WireFormatException($"Unknown type '{name}'.");
        }

        if (schemaVersion < 1 || schemaVersion > type.Schema)
        {
            throw new WireFormatException($"'{name}' has no schema version {schemaVersion}; this reader knows 1 to {type.Schema}.");
        }

        try
        {
            var message = schemaVersion == type.Schema
                ? JsonSerializer.Deserialize(json, type.Json)
                : Lift(type, schemaVersion, json).Deserialize(type.Json);
            return message ?? throw new WireFormatException($"'{name}' is null.");
        }
        catch (Exception fault) when (fault is JsonException or NotSupportedException or InvalidOperationException)
        {
            // The second: nothing says which kind it is. The third: text that is no Unicode, such as half of a surrogate pair.
            throw new WireFormatException($"'{name}' does not fit its schema: {fault.Message}", fault);
        }
    }

    private JsonObject Lift(WireType type, int schemaVersion, ReadOnlySpan<byte> json)
    {
        if (JsonNode.Parse(json, documentOptions: Strict) is not JsonObject lifted)
        {
            throw new WireFormatException($"'{type.Name}' is no JSON object.");
        }

        for (var from = schemaVersion; from < type.Schema; from++)
        {
            try
            {
                lifted = _steps[(type.Name, from)].Lift(lifted);
            }
            catch (Exception unfit)
                when (unfit is InvalidOperationException or NullReferenceException or KeyNotFoundException or FormatException)
            {
                throw new WireFormatException(
                    $"'{type.Name}' of schema version {from} cannot be lifted to the next: {unfit.Message}", unfit);
            }
        }

        return lifted;
    }
}
