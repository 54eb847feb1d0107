using System.Text;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Payments.ServiceDefaults;
using Payments.ServiceDefaults.Callers;

namespace IntegrationTests.ServiceDefaults;

internal sealed record Card(string Token);

internal sealed record Order(long Amount, string Currency, Card? Card = null);

[JsonSerializable(typeof(Order))]
internal sealed partial class OrderJson : JsonSerializerContext;

/// <summary>A small host with the defaults and nothing else, on a port of its own.</summary>
internal sealed class DefaultsFixture : IAsyncDisposable
{
    private readonly WebApplication _app;

    private DefaultsFixture(WebApplication app)
    {
        _app = app;
        Client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public HttpClient Client { get; }

    /// <param name="settings">More configuration, as <c>Section:Name=value</c>.</param>
    public static async Task<DefaultsFixture> StartAsync(
        Action<WebApplicationBuilder>? build = null, Action<WebApplication>? map = null, params string[] settings)
    {
        string[] basics = ["urls=http://127.0.0.1:0", "Logging:Console:LogLevel:Default=None"];
        var builder = WebApplication.CreateBuilder([.. basics.Concat(settings).Select(setting => $"--{setting}")]);
        builder.AddServiceDefaults();
        builder.Services.ConfigureHttpJsonOptions(o => o.SerializerOptions.TypeInfoResolverChain.Insert(0, OrderJson.Default));
        build?.Invoke(builder);
        var app = builder.Build();
        app.MapServiceDefaults();
        app.MapPost("/orders", (CallerIdentity caller, IdempotencyKey key, Order order) => $"{caller.ClientId} {key} {order.Amount}");
        app.MapGet("/orders/{id}", (Guid id, DateTimeOffset? at, int limit) => $"{id} {at} {limit}");
        map?.Invoke(app);
        await app.StartAsync();
        return new DefaultsFixture(app);
    }

    public Task<HttpResponseMessage> PostAsync(byte[] json, string? idempotencyKey = "key-1", string mediaType = "application/json")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/orders") { Content = new ByteArrayContent(json) };
        request.Content.Headers.ContentType = new(mediaType);
        if (idempotencyKey is not null)
        {
            request.Headers.TryAddWithoutValidation(PlatformHeaders.IdempotencyKey, idempotencyKey);
        }

        return Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public Task<HttpResponseMessage> PostAsync(string json) => PostAsync(Encoding.UTF8.GetBytes(json));

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
