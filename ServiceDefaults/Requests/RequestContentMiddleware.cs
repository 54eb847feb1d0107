using System.Diagnostics.CodeAnalysis;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Payments.ServiceDefaults.Errors;

namespace Payments.ServiceDefaults.Requests;

/// <summary>
/// Refuses what no endpoint can use, before one has to: text that cannot be stored, wherever it is (<see cref="StorableText"/>), what is no
/// moment (<see cref="RequestMoment"/>), a body that is compressed, and JSON that is not in UTF-8. What Kestrel takes as a header is well
/// formed already.
/// </summary>
internal sealed class RequestContentMiddleware(RequestDelegate next)
{
    private const string Form = "application/x-www-form-urlencoded";
    private const string Utf8 = "utf-8";
    private const StringComparison Ignoring = StringComparison.OrdinalIgnoreCase;

    public Task InvokeAsync(HttpContext context)
    {
        var problem = ProblemOfTarget(context);
        if (problem is null && context.Features.Get<WholeBody>() is { Bytes: { IsEmpty: false } body })
        {
            var type = MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var parsed) ? parsed : null;
            if (UnsupportedForm(context.Request, type) is { } unsupported)
            {
                context.Response.Headers.AcceptEncoding = "identity";   // RFC 9110, 15.5.16.
                return Problems.Refused(415, ProblemCodes.UnsupportedMediaType, unsupported).ExecuteAsync(context);
            }

            problem = ProblemOfBody(type, body.Span);
        }

        return problem is { } found ? Problems.Invalid(found.Field, found.Problem).ExecuteAsync(context) : next(context);
    }

    private static string? UnsupportedForm(HttpRequest request, MediaTypeHeaderValue? type)
    {
        var encoding = request.Headers.ContentEncoding;
        if (encoding.Count > 0 && !string.Equals(encoding, "identity", StringComparison.OrdinalIgnoreCase))
        {
            return "The body must not be compressed.";
        }

        // RFC 8259, 8.1: JSON between systems is in UTF-8.
        return IsJson(type) && type.Charset.Length > 0 && !HeaderUtilities.RemoveQuotes(type.Charset).Equals(Utf8, Ignoring)
            ? "JSON must be in UTF-8."
            : null;
    }

    private static (string Field, string Problem)? ProblemOfBody(MediaTypeHeaderValue? type, ReadOnlySpan<byte> body)
    {
        if (IsJson(type))
        {
            return StorableText.ProblemOfJson(body);
        }

        // What is no text at all is for whoever reads forms to refuse.
        return type?.MediaType.Equals(Form, Ignoring) is true && StorableText.ProblemOf(body) is null
            ? ProblemOfPairs(Encoding.UTF8.GetString(body))
            : null;
    }

    private static (string Field, string Problem)? ProblemOfTarget(HttpContext context)
    {
        // As it was sent: what is no UTF-8 is left encoded in the decoded path, and taken for something else.
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var query = target.IndexOf('?', StringComparison.Ordinal);
        return ProblemOfEncoded(query < 0 ? target : target.AsSpan(0, query)) is { } problem
            ? ("path", problem)
            : ProblemOfPairs(context.Request.QueryString.Value)
                ?? (RequestMoment.MisgivenParameter(context) is { } parameter ? (parameter, RequestMoment.Expected) : null);
    }

    private static (string Field, string Problem)? ProblemOfPairs(string? pairs)
    {
        foreach (var pair in new QueryStringEnumerable(pairs))
        {
            if (ProblemOfEncoded(pair.EncodedName.Span) is { } ofName)
            {
                return ("query", ofName);
            }

            if (ProblemOfEncoded(pair.EncodedValue.Span) is { } ofValue)
            {
                return (pair.DecodeName().ToString(), ofValue);
            }
        }

        return null;
    }

    private static string? ProblemOfEncoded(ReadOnlySpan<char> encoded)
    {
        if (!encoded.Contains('%'))
        {
            return StorableText.ProblemOf(encoded);
        }

        var bytes = new byte[Encoding.UTF8.GetByteCount(encoded)];
        Encoding.UTF8.GetBytes(encoded, bytes);
        var count = 0;
        for (var i = 0; i < bytes.Length; i++, count++)
        {
            var isEncoded = bytes[i] == '%' && i + 2 < bytes.Length
                && char.IsAsciiHexDigit((char)bytes[i + 1]) && char.IsAsciiHexDigit((char)bytes[i + 2]);
            bytes[count] = isEncoded ? Convert.FromHexString(bytes.AsSpan(i + 1, 2))[0] : bytes[i];
            i += isEncoded ? 2 : 0;
        }

        return StorableText.ProblemOf((ReadOnlySpan<byte>)bytes.AsSpan(0, count));
    }

    private static bool IsJson([NotNullWhen(true)] MediaTypeHeaderValue? type) =>
        type is not null && (type.MediaType.Equals("application/json", Ignoring) || type.Suffix.Equals("json", Ignoring));
}
