using System.Text.Json.Nodes;
using Payments.ServiceDefaults.Callers;

namespace Payments.Gateway.OpenApi;

/// <summary>One OpenAPI document out of those of the services: only what the gateway serves, with its key and its errors. Pure.</summary>
internal static class OpenApiMerger
{
    private const string SchemaPrefix = "#/components/schemas/";

    // The framework's schema knows nothing of our members (code, errors, correlationId).
    private const string FrameworkProblem = "ProblemDetails";

    /// <summary>Merges in the order given.</summary>
    /// <param name="documents">A service's name and its document. The documents are not changed.</param>
    /// <param name="isPublic">Whether a path belongs into the merged document.</param>
    public static JsonObject Merge(IEnumerable<(string Service, JsonObject Document)> documents, Func<string, bool> isPublic)
    {
        var paths = new JsonObject();
        var schemas = new JsonObject { ["Problem"] = ProblemSchema() };
        foreach (var (service, original) in documents)
        {
            var document = original.DeepClone().AsObject();
            var own = document["components"]?["schemas"] as JsonObject ?? [];
            own.Remove(FrameworkProblem);
            PointTo(document, SchemaPrefix + FrameworkProblem, SchemaPrefix + "Problem");
            RenameClashes(service, document, own, schemas);
            foreach (var (name, schema) in own.Where(s => !schemas.ContainsKey(s.Key)).ToList())
            {
                schemas[name] = schema?.DeepClone();
            }

            var items = document["paths"] as JsonObject ?? [];
            foreach (var (path, item) in items.Where(p => isPublic(p.Key) && !paths.ContainsKey(p.Key)).ToList())
            {
                paths[path] = WithPlatformRules(item!.DeepClone().AsObject());
            }
        }

        return new JsonObject
        {
            ["openapi"] = "3.1.1",
            ["info"] = new JsonObject
            {
                ["title"] = "Payments API",
                ["version"] = "v1",
                ["description"] = "Wallets, and payments between them.",
            },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = "/" }),
            ["security"] = new JsonArray(new JsonObject { ["apiKey"] = new JsonArray() }),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["schemas"] = schemas,
                ["parameters"] = new JsonObject { ["IdempotencyKey"] = IdempotencyKeyParameter() },
                ["responses"] = new JsonObject { ["Problem"] = ProblemResponse() },
                ["securitySchemes"] = new JsonObject
                {
                    ["apiKey"] = new JsonObject { ["type"] = "apiKey", ["in"] = "header", ["name"] = PlatformHeaders.ApiKey },
                },
            },
        };
    }

    // Two services may call different things by one name; the later one is then told apart by its service.
    private static void RenameClashes(string service, JsonObject document, JsonObject own, JsonObject taken)
    {
        foreach (var (name, schema) in own.ToList())
        {
            if (taken.TryGetPropertyValue(name, out var other) && !JsonNode.DeepEquals(schema, other))
            {
                var renamed = char.ToUpperInvariant(service[0]) + service[1..] + name;
                own.Remove(name);
                own[renamed] = schema;
                PointTo(document, SchemaPrefix + name, SchemaPrefix + renamed);
            }
        }
    }

    private static void PointTo(JsonNode? node, string from, string to)
    {
        switch (node)
        {
            case JsonObject o when o["$ref"]?.GetValue<string>() == from:
                o["$ref"] = to;
                break;
            case JsonObject o:
                foreach (var (_, child) in o)
                {
                    PointTo(child, from, to);
                }

                break;
            case JsonArray array:
                foreach (var child in array)
                {
                    PointTo(child, from, to);
                }

                break;
        }
    }

    // What holds for every operation is said here once: errors are problems, and a POST carries its idempotency key.
    private static JsonObject WithPlatformRules(JsonObject pathItem)
    {
        foreach (var (method, node) in pathItem)
        {
            if (node is not JsonObject operation)
            {
                continue;
            }

            if (operation["responses"] is JsonObject responses)
            {
                responses.TryAdd("default", new JsonObject { ["$ref"] = "#/components/responses/Problem" });
            }

            if (method == "post")
            {
                operation.TryAdd("parameters", new JsonArray());
                operation["parameters"]!.AsArray().Add(new JsonObject { ["$ref"] = "#/components/parameters/IdempotencyKey" });
            }
        }

        return pathItem;
    }

    private static JsonObject IdempotencyKeyParameter() => new()
    {
        ["name"] = PlatformHeaders.IdempotencyKey,
        ["in"] = "header",
        ["required"] = true,
        ["description"] = "Makes the request safe to repeat: the same key and body have one effect and one answer.",
        ["schema"] = new JsonObject { ["type"] = "string", ["minLength"] = 1, ["maxLength"] = IdempotencyKey.LengthMax },
    };

    private static JsonObject ProblemResponse() => new()
    {
        ["description"] = "Any error: problem details after RFC 9457.",
        ["content"] = new JsonObject
        {
            ["application/problem+json"] = new JsonObject { ["schema"] = new JsonObject { ["$ref"] = SchemaPrefix + "Problem" } },
        },
    };

    private static JsonNode ProblemSchema() => JsonNode.Parse("""
        {
          "type": "object",
          "required": ["type", "title", "status", "code", "traceId", "correlationId"],
          "properties": {
            "type": { "type": "string", "description": "urn:payments:problem: and the code." },
            "title": { "type": "string" },
            "status": { "type": "integer", "format": "int32" },
            "detail": { "type": "string", "description": "For people; may change." },
            "code": { "type": "string", "description": "For programs; never changes.", "examples": ["invalid_request"] },
            "errors": {
              "type": "object",
              "description": "What is wrong with the input, by field.",
              "additionalProperties": { "type": "array", "items": { "type": "string" } }
            },
            "retryAfterSeconds": { "type": "integer", "format": "int32" },
            "traceId": { "type": "string" },
            "correlationId": { "type": "string" }
          }
        }
        """)!;
}
