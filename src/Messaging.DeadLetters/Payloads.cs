using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Payments.Contracts.DeadLetters;
using Payments.ServiceDefaults.Requests;

namespace Payments.Messaging.DeadLetters;

/// <summary>Shows payloads, whatever they are.</summary>
internal static class Payloads
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly JsonSerializerOptions SetOut = new() { WriteIndented = true };

    public static PayloadView Show(byte[] payload)
    {
        if (Json(payload) is { } json)
        {
            return new PayloadView(payload.Length, Json: json);
        }

        return Text(payload) is { } text
            ? new PayloadView(payload.Length, Text: text)
            : new PayloadView(payload.Length, Base64: Convert.ToBase64String(payload));
    }

    /// <summary>
    /// Null for what is no JSON, or is JSON's null; also for JSON with text that no answer and no column of the database could repeat, half
    /// a surrogate pair for one.
    /// </summary>
    public static JsonNode? Json(byte[] payload)
    {
        if (StorableText.ProblemOfJson(payload) is not null)
        {
            return null;
        }

        try
        {
            var node = JsonNode.Parse(payload);
            _ = node?.ToJsonString(); // A member that is there twice is found only now.
            return node;
        }
        catch (Exception no) when (no is JsonException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>The lines of a payload, JSON set out.</summary>
    public static IReadOnlyList<string> Lines(byte[] payload) =>
        (Json(payload)?.ToJsonString(SetOut) ?? Text(payload) ?? Convert.ToBase64String(payload)).Split('\n');

    /// <summary>Null for what is no text.</summary>
    public static string? Text(byte[] payload)
    {
        try
        {
            var text = Strict.GetString(payload);
            return text.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t')) ? null : text;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
