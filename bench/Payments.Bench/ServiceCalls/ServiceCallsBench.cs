using System.CommandLine;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Http.Resilience;
using Payments.Bench.Measuring;
using Payments.ServiceDefaults.Configuration;
using Payments.Tools;

namespace Payments.Bench.ServiceCalls;

/// <summary>
/// Calls from one service to another that has two instances, of which the first is dead (nobody listens) or hangs (it accepts and never
/// answers): our client beside Microsoft's service discovery with its standard resilience handler, each with ten seconds for a whole call.
/// </summary>
internal static class ServiceCallsBench
{
    private const string Service = "peer";
    private static readonly TimeSpan Max = TimeSpan.FromMinutes(20);

    public static Command Command()
    {
        var calls = new NumberOption("--calls", 20, 1, 1_000, "of each kind, one after the other");
        var command = new Command("service-calls", """
            Calls of a service with one dead or hanging instance, beside service discovery with the standard resilience handler.

            There is a second instance that is well. Needs no server.
            """) { calls };
        command.SetAction((parsed, cancel) => Bounded.RunAsync(Max, bounded => MeasureAsync(parsed.GetValue(calls), bounded), cancel));
        return command;
    }

    private static async Task MeasureAsync(int calls, CancellationToken cancel)
    {
        await using var good = await GoodAsync(cancel);
        using var hanging = new TcpListener(IPAddress.Loopback, 0);
        hanging.Start();
        var hangs = $"http://{hanging.LocalEndpoint}";
        var dead = $"http://127.0.0.1:{Payments.Standalone.FreePorts.Find(1)[0]}";

        var to = System.Console.Out;
        to.WriteLine($"Milliseconds a call, {calls} calls in a row of each kind; arrived: how often the good instance got one call");
        to.WriteLine();
        var table = new Table("first instance", "client", "call", "p50", "max", "failed", "arrived twice");
        foreach (var (name, first) in new[] { ("dead", dead), ("hangs", hangs) })
        {
            foreach (var ours in new[] { true, false })
            {
                using var client = Client([first, good.Address], ours);
                foreach (var method in new[] { HttpMethod.Get, HttpMethod.Post })
                {
                    Progress.Step($"{name}, {(ours ? "ours" : "peer")}, {method}");
                    await MeasureAsync(table, name, ours, client.Http, method, calls, good, cancel);
                }
            }
        }

        Progress.Clear();
        table.Print(to);
    }

    private static async Task MeasureAsync(
        Table table, string name, bool ours, HttpClient http, HttpMethod method, int calls, Good good, CancellationToken cancel)
    {
        var (times, failed) = (new List<long>(), 0);
        good.Arrived.Clear();
        for (var call = 0; call < calls; call++)
        {
            var started = Stopwatch.GetTimestamp();
            try
            {
                using var request = new HttpRequestMessage(method, $"/{Guid.NewGuid()}");
                using var answer = await http.SendAsync(request, cancel);
                failed += answer.IsSuccessStatusCode ? 0 : 1;
            }
            catch (Exception trouble) when (trouble is not OperationCanceledException || !cancel.IsCancellationRequested)
            {
                failed++;
            }

            times.Add(Stopwatch.GetTimestamp() - started);
        }

        var measured = new Latencies(times);
        table.Add(
            name, ours ? "ours" : "discovery + resilience", method.Method, measured.PercentileMs(50), measured.MaxMs, failed,
            good.Arrived.GroupBy(path => path).Count(group => group.Count() > 1));
    }

    private static ClientOf Client(IReadOnlyList<string> addresses, bool ours)
    {
        var builder = WebApplication.CreateSlimBuilder();
        for (var i = 0; i < addresses.Count; i++)
            builder.Configuration[$"services:{Service}:http:{i}"] = addresses[i];
        if (ours)
        {
            builder.AddServiceClient(Service);
        }
        else
        {
            builder.Services.AddServiceDiscovery();
            var peer = builder.Services.AddHttpClient(Service, http => http.BaseAddress = new Uri($"http://{Service}"));
            peer.AddStandardResilienceHandler(resilience =>
            {
                resilience.Retry.DisableForUnsafeHttpMethods();   // As ours: what may have arrived is never sent again.
                resilience.AttemptTimeout.Timeout = TimeSpan.FromSeconds(3);
                resilience.TotalRequestTimeout.Timeout = TimeSpan.FromSeconds(10);
            });
            peer.AddServiceDiscovery();
            peer.RemoveAllLoggers();
        }

        var app = builder.Build();
        return new ClientOf(app, app.Services.GetRequiredService<IHttpClientFactory>().CreateClient(Service));
    }

    private static async Task<Good> GoodAsync(CancellationToken cancel)
    {
        var builder = WebApplication.CreateSlimBuilder();
        var address = $"http://127.0.0.1:{Payments.Standalone.FreePorts.Find(1)[0]}";
        builder.Configuration["urls"] = address;
        var app = builder.Build();
        var good = new Good(app, address);
        app.Run(context =>
        {
            good.Arrived.Enqueue(context.Request.Path);
            return context.Response.WriteAsync("well", cancel);
        });
        await app.StartAsync(cancel);
        return good;
    }

    private sealed record ClientOf(IHost Host, HttpClient Http) : IDisposable
    {
        public void Dispose()
        {
            Http.Dispose();
            Host.Dispose();
        }
    }

    private sealed record Good(WebApplication App, string Address) : IAsyncDisposable
    {
        public System.Collections.Concurrent.ConcurrentQueue<string> Arrived { get; } = new();

        public ValueTask DisposeAsync() => App.DisposeAsync();
    }
}
