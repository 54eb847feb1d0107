using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace Payments.Gateway.OpenApi;

/// <summary>One OpenAPI document out of those of the services: only what the gateway serves, with its key and its errors. Pure.</summary>
internal static class OpenApiMerger
{
    // The framework's schema knows nothing of our members (code, errors, correlationId).
    private const string FrameworkProblem = "ProblemDetails";

    /// <summary>Merges in the order given.</summary>
    /// <param name="documents">A service's name and its document.</param>
    /// <param name="isPublic">Whether a path belongs into the merged document.</param>
    /// <exception cref="JsonException">A document is none.</exception>
    public static string Merge(IEnumerable<(string Service, string Json)> documents, Func<string, bool> isPublic)
    {
        var merged = Read("the platform", PlatformDocument.Json);
        foreach (var (service, json) in documents)
        {
            Add(service, json.Replace(Reference(FrameworkProblem), Reference("Problem"), StringComparison.Ordinal), merged, isPublic);
        }

        return Write(merged);
    }

    private static void Add(string service, string json, OpenApiDocument merged, Func<string, bool> isPublic)
    {
        // Two services may call different things by one name; the later one is then told apart by its service. References are renamed in
        // the text: those of the model are fixed.
        var taken = merged.Components!.Schemas!;
        var clashes = Read(service, json).Components?.Schemas?
            .Where(own => taken.TryGetValue(own.Key, out var other) && !IsSame(own.Value, other))
            .ToDictionary(own => own.Key, own => char.ToUpperInvariant(service[0]) + service[1..] + own.Key) ?? [];
        var document = Read(service, clashes.Aggregate(
            json, (text, clash) => text.Replace(Reference(clash.Key), Reference(clash.Value), StringComparison.Ordinal)));
        foreach (var (name, schema) in document.Components?.Schemas ?? new Dictionary<string, IOpenApiSchema>())
        {
            if (name != FrameworkProblem)
            {
                taken.TryAdd(clashes.GetValueOrDefault(name, name), schema);
            }
        }

        foreach (var (path, item) in document.Paths.Where(path => isPublic(path.Key)))
        {
            AddPlatformRules(item, merged);
            merged.Paths.TryAdd(path, item);
        }
    }

    // What holds for every operation is said here once: errors are problems, and a POST carries its idempotency key.
    private static void AddPlatformRules(IOpenApiPathItem item, OpenApiDocument merged)
    {
        foreach (var (method, operation) in item.Operations ?? [])
        {
            operation.Responses?.TryAdd("default", new OpenApiResponseReference("Problem", merged));
            if (method == HttpMethod.Post)
            {
                (operation.Parameters ??= []).Add(new OpenApiParameterReference("IdempotencyKey", merged));
            }
        }
    }

    private static string Reference(string schema) => $"\"#/components/schemas/{schema}\"";

    private static bool IsSame(IOpenApiSchema one, IOpenApiSchema other) =>
        JsonNode.DeepEquals(JsonNode.Parse(Write(one)), JsonNode.Parse(Write(other)));

    private static OpenApiDocument Read(string whose, string json)
    {
        var result = OpenApiDocument.Parse(json, OpenApiConstants.Json);
        return result.Document
            ?? throw new JsonException($"The document of {whose} is none: {string.Join(' ', result.Diagnostic?.Errors ?? [])}");
    }

    private static string Write(IOpenApiSerializable what)
    {
        using var text = new StringWriter();
        what.SerializeAsV31(new OpenApiJsonWriter(text, new OpenApiJsonWriterSettings { Terse = true }));
        return text.ToString();
    }
}
