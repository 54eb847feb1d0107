using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Payments.ServiceDefaults.Callers;

namespace Payments.ServiceDefaults.Errors;

/// <summary>
/// Writes every problem, whoever made it, in the one shape. Unlike the framework's writer it does not ask the Accept header: an error
/// always has a body.
/// </summary>
internal sealed class ProblemWriter : IProblemDetailsWriter
{
    internal const string Code = "code";
    internal const string Errors = "errors";
    internal const string RetryAfterSeconds = "retryAfterSeconds";

    // Quotes stay quotes: this is never put into a page of HTML.
    private static readonly ProblemJson Readable =
        new(new JsonSerializerOptions(ProblemJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public bool CanWrite(ProblemDetailsContext context) => true;

    public ValueTask WriteAsync(ProblemDetailsContext context)
    {
        var http = context.HttpContext;
        Complete(context.ProblemDetails, http);
        http.Response.StatusCode = context.ProblemDetails.Status!.Value;
        if (context.ProblemDetails.Extensions.TryGetValue(RetryAfterSeconds, out var seconds))
        {
            http.Response.Headers.RetryAfter = seconds?.ToString();
        }

        http.Response.Headers.CacheControl = "no-store";
        return new ValueTask(http.Response.WriteAsJsonAsync(
            context.ProblemDetails, Readable.ProblemDetails, "application/problem+json", http.RequestAborted));
    }

    internal static void Complete(ProblemDetails problem, HttpContext http)
    {
        problem.Status ??= http.Response.StatusCode;
        if (problem.Extensions.TryAdd(Code, ProblemCodes.Of(problem.Status.Value)))
        {
            // Not one of ours, so its type and title are the framework's.
            var code = ProblemCodes.Of(problem.Status.Value);
            problem.Type = ProblemCodes.TypeOf(code);
            problem.Title = ProblemCodes.TitleOf(code);
            problem.Detail ??= ProblemCodes.DetailOf(problem.Status.Value);
        }

        problem.Extensions["traceId"] = Activity.Current?.TraceId.ToHexString() ?? http.TraceIdentifier;
        problem.Extensions["correlationId"] = Correlation.IdOf(http);
    }
}

/// <summary>What a problem may hold.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ProblemDetails))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string[]>))]
[JsonSerializable(typeof(Dictionary<string, string[]>))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(long))]
[JsonSerializable(typeof(bool))]
internal sealed partial class ProblemJson : JsonSerializerContext;
