using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Payments.EventStore.Contract;
using Payments.EventStore.Partitions;
using Payments.ServiceDefaults.Callers;
using Payments.ServiceDefaults.Errors;

namespace Payments.Hosting;

/// <summary>An answer as it is kept with the idempotency key, to be given again word for word.</summary>
public sealed record KeptAnswer(int Status, JsonElement? Body, string? Location, string? RefusalCode, string? RefusalDetail)
{
    public static KeptAnswer Refusal(int status, string code, string detail) => new(status, null, null, code, detail);

    public static KeptAnswer Of(int status, byte[] body, string? location = null) =>
        new(status, JsonDocument.Parse(body).RootElement, location, null, null);

    /// <summary>
    /// What is left of an answer whose month is archived. The key stays taken: a repeat is refused, never carried out again.
    /// </summary>
    public static byte[] OfArchived(Month month) => JsonSerializer.SerializeToUtf8Bytes(
        Refusal(
            StatusCodes.Status409Conflict,
            "idempotency_key_archived",
            $"This Idempotency-Key was used in {month}, and the answer is in the archive of that month. Nothing was done again."),
        IdempotencyJson.Default.KeptAnswer);

    public IResult ToResult(HttpContext context)
    {
        if (RefusalCode is not null)
        {
            return Problems.Refused(Status, RefusalCode, RefusalDetail!);
        }

        if (Location is not null)
        {
            context.Response.Headers.Location = Location;
        }

        return Results.Json(Body!.Value, IdempotencyJson.Default.JsonElement, statusCode: Status);
    }
}

/// <summary>One POST with its idempotency key: what it claims, and how a repeat is answered.</summary>
/// <param name="request">The request as it was understood, so that white space and member order do not make it another one.</param>
public sealed class IdempotentRequest(HttpContext context, CallerIdentity caller, IdempotencyKey key, ReadOnlySpan<byte> request)
{
    private readonly byte[] _fingerprint = SHA256.HashData(
        [.. Encoding.UTF8.GetBytes($"{context.Request.Method} {context.Request.Path}\n"), .. request]);

    /// <summary>The claim that makes this request's effect happen once.</summary>
    public Claim ClaimWith(KeptAnswer answer) =>
        new(caller.ClientId, key.Value, _fingerprint, JsonSerializer.SerializeToUtf8Bytes(answer, IdempotencyJson.Default.KeptAnswer));

    /// <summary>The claim that this key has taken before, if any: for a refusal that claims nothing.</summary>
    public Task<Claim?> FindFirstAsync(IEventStore store, CancellationToken cancel) =>
        store.FindClaimAsync(caller.ClientId, key.Value, cancel);

    /// <summary>The first answer again; or, when the key was used for another request, the caller's mistake.</summary>
    public IResult Repeat(Claim first) => first.Fingerprint.Span.SequenceEqual(_fingerprint)
        ? JsonSerializer.Deserialize(first.Answer.Span, IdempotencyJson.Default.KeptAnswer)!.ToResult(context)
        : Problems.Unprocessable("idempotency_key_reused", "This Idempotency-Key was used before, with another request.");
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(KeptAnswer))]
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class IdempotencyJson : JsonSerializerContext;
