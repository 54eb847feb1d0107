using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;
using Payments.ServiceDefaults.Callers;
using Polly.Timeout;

namespace Payments.SagaService.Cards;

/// <summary>
/// The card processor over HTTP. Whatever is no answer is trouble: a time limit, a cut connection, 5xx, 429, or what cannot be read.
/// </summary>
internal sealed class HttpCardProcessor(IHttpClientFactory clients, CardPipeline pipeline) : ICardProcessor
{
    public const string Service = "card-processor";

    public Task<CardOperation?> FindAsync(string key, CancellationToken cancel) => AskAsync(
        () => new HttpRequestMessage(HttpMethod.Get, $"/v1/operations/{Uri.EscapeDataString(key)}"), noneIsAnAnswer: true, cancel);

    public async Task<CardOperation> SendAsync(CardRequest request, CancellationToken cancel) =>
        await AskAsync(() => Message(request), noneIsAnAnswer: false, cancel) ??
        throw new InvalidOperationException("There is always an answer.");

    private async Task<CardOperation?> AskAsync(Func<HttpRequestMessage> message, bool noneIsAnAnswer, CancellationToken cancel)
    {
        try
        {
            var (status, body) = await pipeline.Request.ExecuteAsync(async token => await ExchangeAsync(message, token), cancel);
            return status switch
            {
                HttpStatusCode.NotFound when noneIsAnAnswer => null,
                HttpStatusCode.OK or HttpStatusCode.Created or HttpStatusCode.Accepted => Read(body),

                // Not an answer to what was asked but to how: ours to mend. Until then nothing is known.
                _ => throw new CardTroubleException($"the card processor refuses the request: {(int)status} {CodeIn(body)}", wasSent: true),
            };
        }
        catch (BreakerOpenException open)
        {
            throw new CardTroubleException(open.Message, wasSent: false, open);
        }
        catch (TimeoutRejectedException late)
        {
            throw new CardTroubleException("the card processor did not answer in time", wasSent: true, late);
        }
        catch (HttpRequestException trouble)
        {
            throw new CardTroubleException(
                trouble.StatusCode is { } status
                    ? $"the card processor answered {(int)status}"
                    : $"no connection to the card processor: {trouble.HttpRequestError}",
                wasSent: true,
                trouble);
        }
    }

    // What the breaker sees as a failure is thrown in here.
    private async Task<(HttpStatusCode Status, byte[] Body)> ExchangeAsync(Func<HttpRequestMessage> message, CancellationToken cancel)
    {
        using var client = clients.CreateClient(Service);
        using var request = message();
        using var response = await client.SendAsync(request, cancel);
        if (response.StatusCode is >= HttpStatusCode.InternalServerError or HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout)
        {
            throw new HttpRequestException("No answer.", null, response.StatusCode);
        }

        return (response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancel));
    }

    private static HttpRequestMessage Message(CardRequest request)
    {
        var (path, body) = request switch
        {
            CardRequest.Authorise r => (
                "/v1/authorisations",
                JsonSerializer.SerializeToUtf8Bytes(
                    new AuthoriseBody(r.Token.Value, r.Amount.Minor, r.Amount.Currency.Code, r.Reference), CardJson.Default.AuthoriseBody)),
            CardRequest.Capture r => (Path(r.AuthorisationId, "captures"), Amount(r.Amount.Minor)),
            CardRequest.Refund r => (Path(r.AuthorisationId, "refunds"), Amount(r.Amount.Minor)),
            CardRequest.Reverse r => (
                "/v1/reversals", JsonSerializer.SerializeToUtf8Bytes(new ReverseBody(r.OriginalKey), CardJson.Default.ReverseBody)),
            _ => throw new InvalidOperationException($"{request} is no request."),
        };
        var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        return new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = content,
            Headers = { { PlatformHeaders.IdempotencyKey, request.Key } },
        };
    }

    private static string Path(string authorisation, string act) => $"/v1/authorisations/{Uri.EscapeDataString(authorisation)}/{act}";

    private static byte[] Amount(long minor) => JsonSerializer.SerializeToUtf8Bytes(new AmountBody(minor), CardJson.Default.AmountBody);

    private static CardOperation Read(byte[] body)
    {
        try
        {
            var operation = JsonSerializer.Deserialize(body, CardJson.Default.OperationBody);
            return operation switch
            {
                { Status: "approved" } o => new CardOperation(o.Key, null, o.AuthorisationId, o.Amount, o.Currency),
                { Status: "declined" } o => new CardOperation(
                    o.Key, o.Code ?? Domain.RefusalCodes.CardDeclined, o.AuthorisationId, o.Amount, o.Currency),
                _ => throw new CardTroubleException(
                    $"the card processor's answer is neither yes nor no: '{operation?.Status}'", wasSent: true),
            };
        }
        catch (JsonException unreadable)
        {
            throw new CardTroubleException("the card processor's answer cannot be read", wasSent: true, unreadable);
        }
    }

    // The code of a problem, for people; never the whole body.
    private static string CodeIn(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, CardJson.Default.ProblemBody)?.Code ?? "";
        }
        catch (JsonException)
        {
            return "";
        }
    }
}

/// <summary>Where no card processor is configured: every card command waits, and says why.</summary>
internal sealed class NoCardProcessor : ICardProcessor
{
    public Task<CardOperation?> FindAsync(string key, CancellationToken cancel) => throw Nobody();

    public Task<CardOperation> SendAsync(CardRequest request, CancellationToken cancel) => throw Nobody();

    private static CardTroubleException Nobody() =>
        new($"no card processor is configured: set services:{HttpCardProcessor.Service}:http:0", wasSent: true);
}

internal sealed record AuthoriseBody(string Token, long Amount, string Currency, string Reference);

internal sealed record AmountBody(long Amount);

internal sealed record ReverseBody(string OriginalKey);

/// <summary>What the processor answers. It may say more than we ask.</summary>
internal sealed record OperationBody(string Key, string Status, string? Code, string? AuthorisationId, long Amount, string? Currency);

internal sealed record ProblemBody(string? Code);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AuthoriseBody))]
[JsonSerializable(typeof(AmountBody))]
[JsonSerializable(typeof(ReverseBody))]
[JsonSerializable(typeof(OperationBody))]
[JsonSerializable(typeof(ProblemBody))]
internal sealed partial class CardJson : JsonSerializerContext;
