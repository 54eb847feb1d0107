using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace Payments.ServiceDefaults.Requests;

/// <summary>
/// A moment as requests give it: ISO 8601 with a date, a time and an offset, and nothing else. What .NET would guess (today at "00:00", the
/// 1st of February for "2/1", the server's time zone) is refused. In UTC.
/// </summary>
public static class RequestMoment
{
    public const string Expected = "Must be a moment with date, time and offset, such as 2026-01-31T00:00:00Z.";

    private static readonly string[] Formats =
        ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mmK"];

    public static bool TryParse([NotNullWhen(true)] string? text, out DateTimeOffset moment)
    {
        moment = default;
        return text is [.., 'Z'] or [.., '+' or '-', _, _, ':', _, _]
            && DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out moment);
    }

    /// <summary>
    /// The first parameter of the endpoint that is a moment and is given as something else; null when there is none. Asked before the
    /// framework binds it, which takes whatever <see cref="DateTimeOffset"/> can guess.
    /// </summary>
    internal static string? MisgivenParameter(HttpContext context)
    {
        if (!context.Request.QueryString.HasValue || context.GetEndpoint() is not { Metadata: var metadata })
        {
            return null;
        }

        foreach (var parameter in metadata.GetOrderedMetadata<IParameterBindingMetadata>())
        {
            var type = parameter.ParameterInfo.ParameterType;
            if ((Nullable.GetUnderlyingType(type) ?? type) == typeof(DateTimeOffset)
                && context.Request.Query.TryGetValue(parameter.Name, out var given) && !(given is [var one] && TryParse(one, out _)))
            {
                return JsonNamingPolicy.CamelCase.ConvertName(parameter.Name);
            }
        }

        return null;
    }
}

/// <summary>The same in a body.</summary>
internal sealed class RequestMomentConverter : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && RequestMoment.TryParse(reader.GetString(), out var moment)
            ? moment
            : throw new JsonException(RequestMoment.Expected);

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value);
}
