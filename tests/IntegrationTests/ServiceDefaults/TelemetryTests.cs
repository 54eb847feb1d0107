using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace IntegrationTests.ServiceDefaults;

public sealed class TelemetryTests
{
    [Fact]
    public async Task Spans_metrics_and_logs_reach_the_collector_once_although_two_hosts_share_the_process()
    {
        var received = new ConcurrentQueue<(string Path, string Body)>();
        await using var collector = await CollectorAsync(received);
        var endpoint = collector.Urls.Single();
        await using (var first = await DefaultsFixture.StartAsync(null, Endpoints, Exporting("first", endpoint)))
        await using (var second = await DefaultsFixture.StartAsync(null, Endpoints, Exporting("second", endpoint)))
        {
            using var thing = await second.Client.GetAsync("/thing/1", TestContext.Current.CancellationToken);
            using var bug = await second.Client.GetAsync("/bug", TestContext.Current.CancellationToken);
        }

        Assert.Equal(["/v1/logs", "/v1/metrics", "/v1/traces"], received.Select(r => r.Path).Distinct().Order());
        Assert.Equal(2, Sent("/v1/traces").Split("GET /thing/{id}").Length);   // Once: the server span's name.
        Assert.Contains("http.server.request.duration", Sent("/v1/metrics"));
        Assert.Contains("an exception that nobody expected", Sent("/v1/logs"));

        string Sent(string path) => string.Concat(received.Where(r => r.Path == path).Select(r => r.Body));
    }

    [Fact]
    public async Task A_collector_that_is_away_does_not_hold_up_the_end()
    {
        var host = await DefaultsFixture.StartAsync(null, Endpoints, Exporting("alone", "http://127.0.0.1:1"));
        using var answer = await host.Client.GetAsync("/thing/1", TestContext.Current.CancellationToken);

        await host.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
    }

    private static string[] Exporting(string service, string endpoint) =>
        [$"OTEL_EXPORTER_OTLP_ENDPOINT={endpoint}", "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf", $"OTEL_SERVICE_NAME={service}"];

    private static void Endpoints(WebApplication app)
    {
        app.MapGet("/thing/{id}", (string id) => id);
        app.MapGet("/bug", string () => throw new InvalidOperationException());
    }

    private static async Task<WebApplication> CollectorAsync(ConcurrentQueue<(string Path, string Body)> received)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapPost("/v1/{signal}", async (HttpContext context) =>
        {
            using var reader = new StreamReader(context.Request.Body, Encoding.Latin1);
            received.Enqueue((context.Request.Path, await reader.ReadToEndAsync()));
        });
        await app.StartAsync();
        return app;
    }
}
