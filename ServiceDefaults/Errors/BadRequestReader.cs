using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Payments.ServiceDefaults.Errors;

/// <summary>Finds out which field of a request was wrong, from what the framework throws. CLR names stay inside.</summary>
internal static partial class BadRequestReader
{
    private const string Body = "body";
    private static readonly string[] Missing = ["Is missing."];

    public static ProblemDetails Read(BadHttpRequestException bad) => bad switch
    {
        InvalidRequestException own => Invalid(own.Field, own.Message),
        { InnerException: JsonException { InnerException: JsonException } fault } => Malformed(fault),
        { InnerException: JsonException fault } => Invalid(fault),
        { StatusCode: 400 } when Parameter().Match(bad.Message) is { Success: true } match =>
            Invalid(match.Groups["name"].Value, match.Groups["missing"].Success ? Missing[0] : "Has the wrong type or form."),
        { StatusCode: 400 } => Invalid(Body, "A JSON body is needed."),
        _ => Problems.Details(bad.StatusCode, ProblemCodes.Of(bad.StatusCode), ProblemCodes.DetailOf(bad.StatusCode)),
    };

    private static ProblemDetails Malformed(JsonException fault)
    {
        var position = $"Malformed at line {fault.LineNumber + 1}, byte {fault.BytePositionInLine + 1}.";
        return Problems.Details(
            400, ProblemCodes.MalformedJson, "The body is not well-formed JSON.", new Dictionary<string, string[]> { [Body] = [position] });
    }

    private static ProblemDetails Invalid(JsonException fault) =>
        Says(fault.Message, "missing required properties")
            ? Problems.Invalid(Quoted().Matches(fault.Message[fault.Message.LastIndexOf(':')..])
                .ToDictionary(m => Field(fault.Path, m.Groups[1].Value), _ => Missing)).ProblemDetails
            : Invalid(Field(fault.Path), Message(fault));

    private static ProblemDetails Invalid(string field, string message) => Problems.Invalid(field, message).ProblemDetails;

    // "$.card.token" is "card.token"; "$" is the body itself.
    private static string Field(string? path, string? member = null)
    {
        var outer = path is { Length: > 2 } ? path[2..] : null;
        return (outer, member) switch
        {
            (null, null) => Body,
            (null, _) => member,
            (_, null) => outer,
            _ => $"{outer}.{member}",
        };
    }

    // The serializer's own messages name CLR types; a converter's message is written for the client.
    private static string Message(JsonException fault) => fault.Message switch
    {
        var m when Says(m, "could not be mapped") => "Is unknown.",
        var m when Says(m, "Duplicate") => "Is given twice.",
        var m when Says(m, "null values") => "Must not be null.",
        var m when Says(m, "could not be converted") => WrongType(fault.InnerException?.Message),
        var m => m.IndexOf(" Path: ", StringComparison.Ordinal) is >= 0 and var end ? m[..end] : m,
    };

    private static string WrongType(string? cause) => cause switch
    {
        { } c when Says(c, "Int64") || Says(c, "Int32") => "Must be an integer in range.",
        { } c when Says(c, "as a number") => "Must be a number.",
        { } c when Says(c, "as a string") => "Must be a string.",
        { } c when Says(c, "UTF-8") || Says(c, "UTF-16") => "Is no valid Unicode.",
        _ => "Has the wrong type or form.",
    };

    private static bool Says(string message, string words) => message.Contains(words, StringComparison.Ordinal);

    // The framework's two sentences: Failed to bind parameter "Guid id" from "x".
    // Required parameter "string q" was not provided from query string.
    [GeneratedRegex("""parameter "(?:[^"]* )?(?<name>\w+)" (?:from "|(?<missing>was not provided from (?!body)))""")]
    private static partial Regex Parameter();

    [GeneratedRegex("'([^']+)'")]
    private static partial Regex Quoted();
}
