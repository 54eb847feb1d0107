using System.Text;
using System.Text.Json;
using Payments.ServiceDefaults.Configuration;
using Payments.ServiceDefaults.Errors;

namespace Payments.Gateway.OpenApi;

/// <summary>The merged document, fetched from the services and kept for half a minute, or longer while a service is away.</summary>
internal sealed partial class PublicDocument(IHttpClientFactory clients, TimeProvider clock, ILogger<PublicDocument> log) : IDisposable
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(30);
    private static readonly string[] Services = ["payment", "wallet"];
    private readonly SemaphoreSlim _one = new(1);
    private byte[]? _json;
    private long _fetchedAt;

    /// <summary>The UTF-8 JSON, or null while it was never possible to get.</summary>
    public async Task<byte[]?> GetAsync(CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            if (_json is null || clock.GetElapsedTime(_fetchedAt) > Fresh)
            {
                _json = await FetchAsync(cancellation) ?? _json;
                _fetchedAt = clock.GetTimestamp();
            }

            return _json;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task<byte[]?> FetchAsync(CancellationToken cancellation)
    {
        try
        {
            var documents = await Task.WhenAll(Services.Select(service => FetchAsync(service, cancellation)));
            return Encoding.UTF8.GetBytes(OpenApiMerger.Merge(documents, IsPublic));
        }
        catch (Exception fault) when (fault is HttpRequestException or JsonException or TaskCanceledException
            && !cancellation.IsCancellationRequested)
        {
            LogMissing(fault);
            return null;
        }
    }

    private async Task<(string Service, string Json)> FetchAsync(string service, CancellationToken cancellation)
    {
        using var client = clients.CreateClient(service);
        return (service, await client.GetStringAsync("/openapi/v1.json", cancellation));
    }

    private static bool IsPublic(string path) =>
        path.StartsWith("/api/", StringComparison.Ordinal) && !path.StartsWith("/api/admin/", StringComparison.Ordinal);

    [LoggerMessage(8001, LogLevel.Warning, "The services' OpenAPI documents cannot be fetched.")]
    private partial void LogMissing(Exception exception);
}

internal static class OpenApiRegistration
{
    public static void AddOpenApiDocument(this WebApplicationBuilder builder)
    {
        builder.AddServiceClient("payment", TimeSpan.FromSeconds(3));
        builder.AddServiceClient("wallet", TimeSpan.FromSeconds(3));
        builder.Services.AddSingleton<PublicDocument>();
    }

    public static void MapOpenApiDocument(this WebApplication app) =>
        app.MapGet("/openapi/v1.json", async Task<IResult> (PublicDocument document, CancellationToken cancellation) =>
            await document.GetAsync(cancellation) is { } json
                ? TypedResults.Bytes(json, "application/json")
                : Problems.Unavailable("The services have not answered yet.", retryAfterSeconds: 2));
}
