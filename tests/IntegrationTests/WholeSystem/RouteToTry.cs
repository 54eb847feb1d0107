using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace IntegrationTests.WholeSystem;

/// <summary>A route of a host, with what a request to it can hold.</summary>
internal sealed class RouteToTry(RouteEndpoint endpoint)
{
    private const int DepthMax = 4;
    private const string Hole = "@";

    public string Method { get; } =
        endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is [var method, ..] ? method : "GET";

    public IReadOnlyList<string> PathParameters { get; } = [.. endpoint.RoutePattern.Parameters.Select(parameter => parameter.Name)];

    public IReadOnlyList<string> QueryParameters { get; } =
    [
        .. endpoint.Metadata.GetOrderedMetadata<IParameterBindingMetadata>()
            .Where(parameter => IsOfQuery(parameter) && endpoint.RoutePattern.GetParameter(parameter.Name) is null)
            .Select(parameter => JsonNamingPolicy.CamelCase.ConvertName(parameter.Name)),
    ];

    public string Path => PathWith("", "");

    /// <summary>The path with one parameter so, and the others as they may be.</summary>
    public string PathWith(string name, string text) => "/" + string.Join('/', endpoint.RoutePattern.PathSegments.Select(segment =>
        string.Concat(segment.Parts.Select(part => part switch
        {
            RoutePatternParameterPart parameter => parameter.Name == name ? text : Plausible(parameter),
            RoutePatternLiteralPart literal => literal.Content,
            RoutePatternSeparatorPart separator => separator.Content,
            _ => throw new InvalidOperationException($"{part} is no part of a path."),
        }))));

    /// <summary>For each text in the body, its field, and the body with a text in its place, given as JSON escapes it.</summary>
    public IEnumerable<(string Field, Func<string, string> With)> Bodies()
    {
        if (endpoint.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType is not { } type)
        {
            yield break;
        }

        foreach (var field in FieldsOf(type, 0))
        {
            var body = Example(type, field, 0).ToJsonString();
            yield return (field, text => body.Replace($"\"{Hole}\"", $"\"{text}\"", StringComparison.Ordinal));
        }
    }

    private static bool IsOfQuery(IParameterBindingMetadata parameter) =>
        parameter.HasTryParse || (Nullable.GetUnderlyingType(parameter.ParameterInfo.ParameterType)
            ?? parameter.ParameterInfo.ParameterType) == typeof(string);

    private static string Plausible(RoutePatternParameterPart parameter) =>
        parameter.ParameterPolicies.Any(policy => policy.Content == "long") ? "1"
        : parameter.IsCatchAll ? "x"
        : "01980000-0000-7000-8000-000000000000";

    private static IEnumerable<string> FieldsOf(Type type, int depth) => depth > DepthMax ? [] : Members(type).SelectMany(member =>
        IsText(member.Type) ? [member.Name]
        : ItemOf(member.Type) is { } item
            ? IsText(item) ? [$"{member.Name}[0]"] : FieldsOf(item, depth + 1).Select(field => $"{member.Name}[0].{field}")
        : IsObject(member.Type) ? FieldsOf(member.Type, depth + 1).Select(field => $"{member.Name}.{field}")
        : []);

    // All members as they may be, but for the one that the path leads to.
    private static JsonObject Example(Type type, string path, int depth)
    {
        var body = new JsonObject();
        foreach (var member in Members(type))
        {
            var isOnPath = path == member.Name || path.StartsWith(member.Name + ".", StringComparison.Ordinal)
                || path.StartsWith(member.Name + "[0]", StringComparison.Ordinal);
            if (isOnPath || member.IsNeeded)
            {
                var rest = isOnPath ? path[member.Name.Length..] : "";
                body[member.Name] = Value(member.Type, rest, isOnPath, depth);
            }
        }

        return body;
    }

    private static JsonNode? Value(Type type, string rest, bool isOnPath, int depth)
    {
        if (ItemOf(type) is { } item)
        {
            return isOnPath ? new JsonArray(Value(item, rest["[0]".Length..], isOnPath, depth + 1)) : [];
        }

        return IsText(type) ? isOnPath ? Hole : "x"
            : type == typeof(Guid) ? "01980000-0000-7000-8000-000000000000"
            : type == typeof(bool) ? false
            : type == typeof(DateTimeOffset) ? "2026-01-31T00:00:00Z"
            : IsObject(type) ? depth > DepthMax ? null : Example(type, rest.TrimStart('.'), depth + 1)
            : 1;
    }

    private static IEnumerable<(string Name, Type Type, bool IsNeeded)> Members(Type type)
    {
        var parameters = type.GetConstructors().SelectMany(constructor => constructor.GetParameters()).ToList();
        return type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.GetIndexParameters().Length == 0 && property.CanWrite)
            .Select(property => (
                JsonNamingPolicy.CamelCase.ConvertName(property.Name),
                Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType,
                parameters.Any(parameter => parameter.Name == property.Name && !parameter.HasDefaultValue)));
    }

    private static bool IsText(Type type) => type == typeof(string) || type == typeof(JsonElement) || type == typeof(JsonNode);

    private static bool IsObject(Type type) => type.IsClass && type != typeof(string);

    private static Type? ItemOf(Type type) => type != typeof(string) && type.IsGenericType
        && typeof(System.Collections.IEnumerable).IsAssignableFrom(type) ? type.GetGenericArguments()[0] : null;
}
