using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Payments.Contracts.Events;
using Payments.Operations.History;

namespace IntegrationTests.Replays;

/// <summary>The service that has sent the messages of <see cref="Letters"/>, and tells its log to those that ask.</summary>
internal sealed class SenderStandIn : IAsyncDisposable
{
    private readonly WebApplication _app;

    private SenderStandIn(WebApplication app) => _app = app;

    public string Url => _app.Urls.Single();

    public static async Task<SenderStandIn> StartAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapGet("/internal/history/{correlation:guid}", (Guid correlation) => Results.Json(
            Letters.Sent.Values.Where(sent => sent.Headers.Correlation == correlation).Select(sent => new HistoryEvent(
                sent.Headers.Source,
                sent.Headers.Position,
                sent.Headers.Stream,
                sent.Headers.Version,
                sent.Headers.Id,
                sent.Headers.Type,
                correlation,
                null,
                sent.Headers.Actor,
                sent.Headers.Recorded,
                JsonDocument.Parse(sent.Data).RootElement)).ToList(),
            HistoryJson.Default.ListHistoryEvent));
        await app.StartAsync();
        return new SenderStandIn(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
