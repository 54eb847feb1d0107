using Payments.ServiceDefaults.Callers;

namespace Payments.Gateway.OpenApi;

/// <summary>What the merged document says of its own: what it is about, the key, the idempotency key and the problem.</summary>
internal static class PlatformDocument
{
    public static readonly string Json = $$"""
        {
          "openapi": "3.1.1",
          "info": { "title": "Payments API", "version": "v1", "description": "Wallets, and payments between them." },
          "servers": [{ "url": "/" }],
          "security": [{ "apiKey": [] }],
          "paths": {},
          "components": {
            "schemas": {
              "Problem": {
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
            },
            "parameters": {
              "IdempotencyKey": {
                "name": "{{PlatformHeaders.IdempotencyKey}}",
                "in": "header",
                "required": true,
                "description": "Makes the request safe to repeat: the same key and body have one effect and one answer.",
                "schema": { "type": "string", "minLength": 1, "maxLength": {{IdempotencyKey.LengthMax}} }
              }
            },
            "responses": {
              "Problem": {
                "description": "Any error: problem details after RFC 9457.",
                "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } }
              }
            },
            "securitySchemes": { "apiKey": { "type": "apiKey", "in": "header", "name": "{{PlatformHeaders.ApiKey}}" } }
          }
        }
        """;
}
