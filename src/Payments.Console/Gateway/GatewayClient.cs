using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Payments.ServiceDefaults;

namespace Payments.Console;

/// <summary>Asks the gateway. Trouble is part of the answer, since every page has to show it.</summary>
public sealed class GatewayClient(
    IHttpClientFactory clients, GatewayHealth health, IConfiguration configuration, IHostEnvironment environment)
{
    /// <summary>The name of the HTTP client, and of the service in the configuration.</summary>
    public const string Service = "gateway";

    // The gateway accepts this one in Development only, so elsewhere a forgotten key is told by the banner.
    private readonly string _apiKey = configuration["Console:ApiKey"] ?? (environment.IsDevelopment() ? "dev-key" : "");

    public async Task<Answer<T>> GetAsync<T>(string path, CancellationToken cancel)
        where T : class
    {
        var answer = await AskAsync<T>(path, cancel);
        health.Report(answer.Trouble is { Kind: TroubleKind.Unreachable or TroubleKind.KeyRefused } trouble ? trouble : null);
        return answer;
    }

    private async Task<Answer<T>> AskAsync<T>(string path, CancellationToken cancel)
        where T : class
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        request.Headers.TryAddWithoutValidation(PlatformHeaders.ApiKey, _apiKey);
        var client = clients.CreateClient(Service);
        try
        {
            using var response = await client.SendAsync(request, cancel);
            return response.IsSuccessStatusCode
                ? new(await response.Content.ReadFromJsonAsync((JsonTypeInfo<T>)GatewayJson.Default.GetTypeInfo(typeof(T))!, cancel), null)
                : new(null, await TroubleAsync(response, cancel));
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
        var message = problem?.Detail ?? problem?.Title ?? $"The gateway answered with status {(int)response.StatusCode}.";
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
