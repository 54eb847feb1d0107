using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace IntegrationTests.Gateway;

/// <summary>What a service saw of one request.</summary>
internal sealed record Seen(string Method, string Target, IReadOnlyDictionary<string, string> Headers, string Body);

/// <summary>A service in the gateway's back: answers everything with its own name, and remembers what it was asked.</summary>
internal sealed class StandIn : IAsyncDisposable
{
    private readonly WebApplication _app;

    private StandIn(string name, WebApplication app) => (Name, _app) = (name, app);

    public string Name { get; }

    public Uri Address => new(_app.Urls.Single());

    /// <summary>Everything asked under <c>/api</c>, oldest first.</summary>
    public ConcurrentQueue<Seen> Requests { get; } = new();

    public int Probes;

    public volatile bool Healthy = true;

    /// <summary>What answers under <c>/api</c>; by default 200 with the stand-in's name.</summary>
    public RequestDelegate Answer { get; set; } = _ => Task.CompletedTask;

    public JsonObject OpenApi { get; set; } = OpenApiTests.Document();

    public static async Task<StandIn> StartAsync(string name)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var standIn = new StandIn(name, app);
        standIn.Answer = context => context.Response.WriteAsync(name);
        app.Map("/health", (HttpContext context) =>
        {
            Interlocked.Increment(ref standIn.Probes);
            context.Response.StatusCode = standIn.Healthy ? 200 : 503;
        });
        app.Map("/openapi/v1.json", () => standIn.OpenApi);
        app.Map("/api/{**rest}", standIn.RememberAsync);
        await app.StartAsync();
        return standIn;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task RememberAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        var headers = context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        Requests.Enqueue(new Seen(context.Request.Method, context.Request.Path + context.Request.QueryString, headers, body));
        await Answer(context);
    }
}
