using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Payments.Console.Gateway;

namespace Payments.Console.DeadLetters;

/// <summary><c>GET /exports/dead-letters/{service}/{id}/capsule</c>: what the service packs, as a file.</summary>
internal static class IncidentDownload
{
    private static readonly JsonSerializerOptions SetOut =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void MapIncidents(this WebApplication app) =>
        app.MapGet("/exports/dead-letters/{service}/{id:long}/capsule", HandleAsync);

    public static string Address(string service, long id) => $"exports/dead-letters/{service}/{id}/capsule";

    private static async Task<IResult> HandleAsync(string service, long id, GatewayClient gateway, CancellationToken cancel)
    {
        var answer = await gateway.GetAsync<JsonNode>(DeadLetterPaths.Capsule(service, id), cancel);
        return answer switch
        {
            { Value: { } capsule } => Results.File(
                JsonSerializer.SerializeToUtf8Bytes(capsule, SetOut), "application/json", $"incident-{service}-{id}.json"),
            { Trouble.Kind: TroubleKind.NotFound } => Results.NotFound(),
            _ => Results.Problem(answer.Trouble!.Message, statusCode: StatusCodes.Status502BadGateway),
        };
    }
}
