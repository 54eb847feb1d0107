using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Payments.ServiceDefaults.Errors;

/// <summary>
/// The error answers of the API: RFC 9457 <c>application/problem+json</c> with <c>type</c>, <c>title</c>, <c>status</c>, <c>detail</c>, a
/// stable snake_case <c>code</c>, <c>errors</c> by field for bad input, <c>traceId</c> and <c>correlationId</c>.
/// </summary>
public static class Problems
{
    /// <summary>400 <c>invalid_request</c>: one field is wrong.</summary>
    /// <param name="field">As the client wrote it: <c>amount</c>, <c>card.token</c>, or a header's name.</param>
    public static ProblemHttpResult Invalid(string field, string message) =>
        Invalid(new Dictionary<string, string[]> { [field] = [message] });

    /// <summary>400 <c>invalid_request</c>: several fields are wrong.</summary>
    public static ProblemHttpResult Invalid(IReadOnlyDictionary<string, string[]> errors) =>
        TypedResults.Problem(Details(StatusCodes.Status400BadRequest, ProblemCodes.InvalidRequest, InvalidDetail(errors), errors));

    /// <summary>A business refusal, with a code that programs can rely on.</summary>
    public static ProblemHttpResult Refused(int status, string code, string detail) => TypedResults.Problem(Details(status, code, detail));

    /// <summary>404.</summary>
    public static ProblemHttpResult NotFound(string code, string detail) => Refused(StatusCodes.Status404NotFound, code, detail);

    /// <summary>409: it collides with something that is there or under way.</summary>
    public static ProblemHttpResult Conflict(string code, string detail) => Refused(StatusCodes.Status409Conflict, code, detail);

    /// <summary>422: understood, and against a rule.</summary>
    public static ProblemHttpResult Unprocessable(string code, string detail) =>
        Refused(StatusCodes.Status422UnprocessableEntity, code, detail);

    /// <summary>422: understood, and one field is against a rule.</summary>
    public static ProblemHttpResult Unprocessable(string code, string field, string detail) => TypedResults.Problem(Details(
        StatusCodes.Status422UnprocessableEntity, code, detail, new Dictionary<string, string[]> { [field] = [detail] }));

    /// <summary>503 <c>unavailable</c> with <c>Retry-After</c>: nothing was done, and the same request may succeed later.</summary>
    public static ProblemHttpResult Unavailable(string detail, int retryAfterSeconds = 1) =>
        TypedResults.Problem(Details(StatusCodes.Status503ServiceUnavailable, ProblemCodes.Unavailable, detail, null, retryAfterSeconds));

    internal static ProblemDetails Details(
        int status, string code, string? detail, IReadOnlyDictionary<string, string[]>? errors = null, int? retryAfterSeconds = null)
    {
        var problem = new ProblemDetails
        {
            Status = status,
            Detail = detail,
            Type = ProblemCodes.TypeOf(code),
            Title = ProblemCodes.TitleOf(code),
        };
        problem.Extensions[ProblemWriter.Code] = code;
        if (errors is not null)
        {
            problem.Extensions[ProblemWriter.Errors] = errors;
        }

        if (retryAfterSeconds is { } seconds)
        {
            problem.Extensions[ProblemWriter.RetryAfterSeconds] = seconds;
        }

        return problem;
    }

    private static string InvalidDetail(IReadOnlyDictionary<string, string[]> errors) =>
        errors.Count == 1
            ? $"'{errors.Keys.First()}' is invalid."
            : $"{errors.Count} fields are invalid: '{string.Join("', '", errors.Keys)}'.";
}
