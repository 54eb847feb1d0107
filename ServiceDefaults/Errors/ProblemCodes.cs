namespace Payments.ServiceDefaults.Errors;

/// <summary>The codes of errors that are no business refusal (for those see the domain). Part of the public API, never renamed.</summary>
public static class ProblemCodes
{
    public const string Forbidden = "forbidden";
    public const string ClockOff = "clock_off";
    public const string GatewayTimeout = "gateway_timeout";
    public const string BadGateway = "bad_gateway";
    public const string Internal = "internal_error";
    public const string InvalidApiKey = "invalid_api_key";
    public const string InvalidRequest = "invalid_request";
    public const string MalformedJson = "malformed_json";
    public const string MethodNotAllowed = "method_not_allowed";
    public const string MissingApiKey = "missing_api_key";
    public const string NotAcceptable = "not_acceptable";
    public const string NotFound = "not_found";
    public const string RateLimited = "rate_limited";
    public const string RequestTimeout = "request_timeout";
    public const string RequestTooLarge = "request_too_large";
    public const string RoleMissing = "role_missing";
    public const string Unauthorized = "unauthorized";
    public const string Unavailable = "unavailable";
    public const string UnsupportedMediaType = "unsupported_media_type";

    /// <summary>The code of a status that nobody gave one.</summary>
    internal static string Of(int status) => status switch
    {
        400 => InvalidRequest,
        401 => Unauthorized,
        403 => Forbidden,
        404 => NotFound,
        405 => MethodNotAllowed,
        406 => NotAcceptable,
        408 => RequestTimeout,
        409 => "conflict",
        413 => RequestTooLarge,
        415 => UnsupportedMediaType,
        422 => "unprocessable",
        429 => RateLimited,
        502 => BadGateway,
        503 => Unavailable,
        504 => GatewayTimeout,
        >= 500 => Internal,
        _ => $"http_{status}",
    };

    /// <summary>The problem type: a stable name, not an address that somebody must keep alive.</summary>
    internal static string TypeOf(string code) => $"urn:payments:problem:{code}";

    /// <summary>The code as words: <c>insufficient_funds</c> is "Insufficient funds".</summary>
    internal static string TitleOf(string code)
    {
        var words = code.Replace('_', ' ').Replace("json", "JSON", StringComparison.Ordinal)
            .Replace("api", "API", StringComparison.Ordinal);
        return char.ToUpperInvariant(words[0]) + words[1..];
    }

    /// <summary>What to say of a status that nobody explained.</summary>
    internal static string DetailOf(int status) => status switch
    {
        400 => "The request cannot be read.",
        404 => "There is nothing at this address.",
        405 => "This address does not take this method; the Allow header names those it takes.",
        408 => "The request arrived too slowly.",
        413 => "The body is too large.",
        415 => "The body must be application/json.",
        502 => "The service behind this address cannot be reached.",
        503 => "The service behind this address is not available; try again.",
        504 => "The service behind this address took too long.",
        _ => TitleOf(Of(status)) + ".",
    };
}
