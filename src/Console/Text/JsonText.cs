using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Payments.Console.Gateway;

namespace Payments.Console.Text;

/// <summary>JSON for people.</summary>
public static class JsonText
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,   // For people; Blazor encodes it for HTML.
        TypeInfoResolver = GatewayJson.Default,
    };

    private static readonly JsonSerializerOptions OnOneLine = new(Indented) { WriteIndented = false };

    /// <summary>Set out over lines.</summary>
    public static string SetOut(JsonElement json) => JsonSerializer.Serialize(json, Indented);

    /// <inheritdoc cref="SetOut(JsonElement)"/>
    public static string SetOut(JsonNode json) => json.ToJsonString(Indented);

    /// <summary>A value within a line; text as it is, a dash for what is not there.</summary>
    public static string Short(JsonNode? json) => json?.GetValueKind() switch
    {
        null or JsonValueKind.Null => "–",
        JsonValueKind.String => json.GetValue<string>(),
        _ => json.ToJsonString(OnOneLine),
    };

    /// <summary>Null and what is wrong with it, when it is no JSON.</summary>
    public static JsonElement? Parse(string text, out string? fault)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            fault = null;
            return document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            fault = $"This is no JSON: line {e.LineNumber + 1}, character {e.BytePositionInLine + 1}.";
            return null;
        }
    }
}
