using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Payments.ServiceDefaults;

namespace Payments.Console;

/// <summary>Asks the gateway, and orders. Trouble is part of the answer, since every page has to show it.</summary>
public sealed class GatewayClient(
    IHttpClientFactory clients, GatewayHealth health, IConfiguration configuration, IHostEnvironment environment, TimeProvider clock)
{
    /// <summary>The name of the HTTP client, and of the service in the configuration.</summary>
    public const string Service = "gateway";

    /// <summary>A dry run of many messages takes its time; the gateway itself gives up a little earlier.</summary>
    public static readonly TimeSpan OrderWithin = TimeSpan.FromSeconds(45);

    private static readonly TimeSpan AskWithin = TimeSpan.FromSeconds(5);

    // The gateway accepts this one in Development only, so elsewhere a forgotten key is told by the banner.
    private readonly string _apiKey = configuration["Console:ApiKey"] ?? (environment.IsDevelopment() ? "dev-key" : "");

    public Task<Answer<T>> GetAsync<T>(string path, CancellationToken cancel)
        where T : class => SendAsync<T>(() => new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative)), AskWithin, cancel);

    /// <summary>Orders something in the name of the operator.</summary>
    /// <param name="idempotencyKey">The same again for the same order; null for what has no effect.</param>
    public Task<Answer<TAnswer>> PostAsync<TOrder, TAnswer>(string path, TOrder order, string? idempotencyKey, CancellationToken cancel)
        where TAnswer : class => SendAsync<TAnswer>(() => Order(path, order, idempotencyKey), OrderWithin, cancel);

    private static HttpRequestMessage Order<TOrder>(string path, TOrder order, string? idempotencyKey)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative))
        {
            Content = JsonContent.Create(order, (JsonTypeInfo<TOrder>)GatewayJson.Default.GetTypeInfo(typeof(TOrder))!),
        };
        request.Headers.Add(ConsoleOperator.Header, ConsoleOperator.Name);
        if (idempotencyKey is not null)
        {
            request.Headers.Add(PlatformHeaders.IdempotencyKey, idempotencyKey);
        }

        return request;
    }

    private async Task<Answer<T>> SendAsync<T>(Func<HttpRequestMessage> make, TimeSpan within, CancellationToken cancel)
        where T : class
    {
        using var deadline = new CancellationTokenSource(within, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, deadline.Token);
        var answer = await TrySendAsync<T>(make, cancel, either.Token);
        health.Report(answer.Trouble is { Kind: TroubleKind.Unreachable or TroubleKind.KeyRefused } trouble ? trouble : null);
        return answer;
    }

    private async Task<Answer<T>> TrySendAsync<T>(Func<HttpRequestMessage> make, CancellationToken cancel, CancellationToken either)
        where T : class
    {
        using var request = make();
        request.Headers.TryAddWithoutValidation(PlatformHeaders.ApiKey, _apiKey);
        var client = clients.CreateClient(Service);
        try
        {
            using var response = await client.SendAsync(request, either);
            return response.IsSuccessStatusCode
                ? new(await response.Content.ReadFromJsonAsync((JsonTypeInfo<T>)GatewayJson.Default.GetTypeInfo(typeof(T))!, either), null)
                : new(null, await TroubleAsync(response, either));
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException || IsTimeout(fault, cancel))
        {
            return new(null, new(TroubleKind.Unreachable, $"The gateway at {client.BaseAddress?.Authority} does not answer."));
        }
        catch (JsonException)
        {
            return new(null, new(TroubleKind.Refused, "The gateway's answer makes no sense to this version of the console."));
        }
    }

    private static bool IsTimeout(Exception fault, CancellationToken cancel) =>
        fault is OperationCanceledException && !cancel.IsCancellationRequested;

    private static async Task<Trouble> TroubleAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        var problem = response.Content.Headers.ContentType?.MediaType == "application/problem+json"
            ? await response.Content.ReadFromJsonAsync(GatewayJson.Default.ProblemView, cancel)
            : null;
        var fields = problem?.Errors?.SelectMany(field => field.Value).ToList();
        var message = fields is { Count: > 0 } ? string.Join(' ', fields) : problem?.Detail ?? problem?.Title ?? $"The gateway answered with status {(int)response.StatusCode}.";
        return response.StatusCode switch
        {
            HttpStatusCode.NotFound => new(TroubleKind.NotFound, message),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden =>
                new(TroubleKind.KeyRefused, $"The gateway does not accept the console's API key: {message}"),
            >= HttpStatusCode.InternalServerError => new(TroubleKind.Unreachable, message),
            _ => new(TroubleKind.Refused, message),
        };
    }
}
