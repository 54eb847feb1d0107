using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Payments.ServiceDefaults.Callers;

namespace Payments.Tools.Demo;

/// <summary>
/// The public API, as any client calls it: each order with a key, and again with the same where it is not known what became of it.
/// </summary>
internal sealed class DemoClient : IDisposable
{
    private const int TriesMax = 6;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly HttpClient _http;
    private readonly TimeProvider _clock;
    private readonly string _run;
    private int _orders;

    public DemoClient(DemoOptions options, TimeProvider clock)
    {
        _clock = clock;
        _run = Guid.CreateVersion7(clock.GetUtcNow()).ToString("N");
        _http = new HttpClient { BaseAddress = options.Gateway, Timeout = Patience };
        _http.DefaultRequestHeaders.Add(PlatformHeaders.ApiKey, options.Key);
        _http.DefaultRequestHeaders.Add(PlatformHeaders.Operator, "demo");
    }

    /// <returns>The answer; null when the order was refused by a rule of the business, which is part of the show.</returns>
    /// <exception cref="DemoException">It was refused for another reason, or nobody answers.</exception>
    public Task<JsonNode?> PostAsync(string path, JsonObject order, CancellationToken cancel) =>
        SendAsync(HttpMethod.Post, path, order, cancel);

    public Task<JsonNode?> PutAsync(string path, JsonObject order, CancellationToken cancel) =>
        SendAsync(HttpMethod.Put, path, order, cancel);

    public async Task<JsonNode> GetAsync(string path, CancellationToken cancel) => (await SendAsync(HttpMethod.Get, path, null, cancel))!;

    public void Dispose() => _http.Dispose();

    private async Task<JsonNode?> SendAsync(HttpMethod method, string path, JsonObject? order, CancellationToken cancel)
    {
        var key = string.Create(CultureInfo.InvariantCulture, $"demo-{_run}-{Interlocked.Increment(ref _orders)}");
        for (var attempt = 1; ; attempt++)
        {
            using var request = new HttpRequestMessage(method, path);
            if (order is not null)
            {
                request.Content = JsonContent.Create(order);
                request.Headers.Add(PlatformHeaders.IdempotencyKey, key);
            }

            try
            {
                using var response = await _http.SendAsync(request, cancel);
                if (await ReadAsync(response, path, cancel) is { } read)
                {
                    return read.Answer;
                }
            }
            catch (Exception nobody) when (nobody is HttpRequestException or TaskCanceledException && !cancel.IsCancellationRequested)
            {
                if (attempt == TriesMax)
                {
                    throw new DemoException($"Nobody answers at {_http.BaseAddress}. Start the platform first: ./payments run", nobody);
                }
            }

            if (attempt == TriesMax)
            {
                throw new DemoException($"{path} is not available, after {TriesMax} tries.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(250 * attempt), _clock, cancel);
        }
    }

    // Null: to be tried again.
    private static async Task<Read?> ReadAsync(HttpResponseMessage response, string path, CancellationToken cancel)
    {
        var text = await response.Content.ReadAsStringAsync(cancel);
        return response.StatusCode switch
        {
            _ when response.IsSuccessStatusCode => new(text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)),
            HttpStatusCode.UnprocessableEntity or HttpStatusCode.Conflict => new(null),
            HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError => null,
            _ => throw new DemoException($"{path} was refused with status {(int)response.StatusCode}: {text}"),
        };
    }

    private sealed record Read(JsonNode? Answer);
}

/// <summary>The demo cannot go on; the message says why and what to do.</summary>
internal sealed class DemoException(string message, Exception? cause = null) : Exception(message, cause);
