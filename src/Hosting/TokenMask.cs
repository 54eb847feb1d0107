using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Payments.Hosting;

/// <summary>Takes the tokens of cards out of what is shown: whoever may read a payment may not therefore charge its card.</summary>
public static class TokenMask
{
    private const string Member = "token";
    private const string Hidden = "…";

    public static JsonElement Hide(JsonElement data)
    {
        if (!Has(data))
        {
            return data;
        }

        var copy = JsonSerializer.SerializeToNode(data, MaskJson.Default.JsonElement)!;
        Replace(copy);
        return JsonSerializer.SerializeToElement(copy, MaskJson.Default.JsonNode);
    }

    /// <summary>Changes what is given, and gives it back.</summary>
    public static JsonNode? Hide(JsonNode? data)
    {
        Replace(data);
        return data;
    }

    private static bool Has(JsonElement here) => here.ValueKind switch
    {
        JsonValueKind.Object => here.EnumerateObject().Any(member => member.Name == Member || Has(member.Value)),
        JsonValueKind.Array => here.EnumerateArray().Any(Has),
        _ => false,
    };

    private static void Replace(JsonNode? here)
    {
        if (here is JsonArray list)
        {
            foreach (var item in list)
            {
                Replace(item);
            }
        }

        if (here is not JsonObject members)
        {
            return;
        }

        foreach (var (name, value) in members.ToList())
        {
            if (name == Member)
            {
                members[name] = Hidden;
            }
            else
            {
                Replace(value);
            }
        }
    }
}

[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(JsonNode))]
internal sealed partial class MaskJson : JsonSerializerContext;
