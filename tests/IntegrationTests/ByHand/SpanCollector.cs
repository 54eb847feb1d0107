using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace IntegrationTests.ByHand;

/// <summary>A span as a service has sent it.</summary>
/// <param name="Source">What made it: <c>Npgsql</c>, <c>Payments.Messaging</c>, …</param>
/// <param name="Parent">Empty at the root.</param>
internal sealed record CollectedSpan(
    string Service, string Source, string Trace, string Id, string Parent, string Name, ulong StartNs, IReadOnlyList<string> Links);

/// <summary>A collector of OpenTelemetry that keeps spans and drops the rest.</summary>
internal sealed class SpanCollector : IAsyncDisposable
{
    private readonly ConcurrentQueue<CollectedSpan> _spans = new();
    private readonly WebApplication _app;

    private SpanCollector(WebApplication app) => _app = app;

    public string Endpoint => _app.Urls.Single();

    public IReadOnlyList<CollectedSpan> OfTrace(string trace) => [.. _spans.Where(s => s.Trace == trace).OrderBy(s => s.StartNs)];

    /// <summary>Of any trace.</summary>
    public IReadOnlyList<CollectedSpan> All => [.. _spans];

    public static async Task<SpanCollector> StartAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var collector = new SpanCollector(builder.Build());
        collector._app.MapPost("/v1/{signal}", collector.ReceiveAsync);
        await collector._app.StartAsync();
        return collector;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    // Field numbers as in opentelemetry/proto/trace/v1/trace.proto.
    private async Task ReceiveAsync(string signal, HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        if (signal != "traces")
        {
            return;
        }

        foreach (var ofResource in Inside(body.ToArray(), 1))
        {
            var service = Inside(ofResource, 1).SelectMany(r => Inside(r, 1)).Select(Attribute)
                .FirstOrDefault(a => a.Key == "service.name").Value;
            foreach (var ofScope in Inside(ofResource, 2))
            {
                var source = Text(Inside(ofScope, 1).First(), 1);
                foreach (var span in Inside(ofScope, 2))
                {
                    _spans.Enqueue(new CollectedSpan(
                        service,
                        source,
                        Hex(span, 1),
                        Hex(span, 2),
                        Hex(span, 4),
                        Text(span, 5),
                        ProtoReader.Fixed64(span, 7),
                        [.. Inside(span, 13).Select(link => Hex(link, 1))]));
                }
            }
        }
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Inside(ReadOnlyMemory<byte> message, int field) =>
        ProtoReader.Blobs(message).Where(b => b.Field == field).Select(b => b.Value);

    private static string Text(ReadOnlyMemory<byte> message, int field) =>
        Encoding.UTF8.GetString(Inside(message, field).FirstOrDefault().Span);

    private static string Hex(ReadOnlyMemory<byte> message, int field) =>
        Convert.ToHexStringLower(Inside(message, field).FirstOrDefault().Span);

    private static (string Key, string Value) Attribute(ReadOnlyMemory<byte> pair) =>
        (Text(pair, 1), Text(Inside(pair, 2).FirstOrDefault(), 1));
}
