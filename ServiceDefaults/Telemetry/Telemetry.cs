using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Payments.ServiceDefaults.Telemetry;

/// <summary>
/// Traces, metrics and logs over OTLP when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set, else nothing. The exporter takes the other standard
/// <c>OTEL_*</c> settings from the configuration too. .NET 10 makes the spans of HTTP clients and PostgreSQL, and all meters, by itself;
/// those of HTTP servers get their route, status and errors from the instrumentation package.
/// </summary>
internal static class Telemetry
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string ServiceName = "OTEL_SERVICE_NAME";

    private static readonly string[] Sources = ["Payments.*", "Npgsql", "System.Net.Http", "Yarp.ReverseProxy"];

    internal static readonly string[] Meters = ["Payments.*", "Npgsql", "Microsoft.AspNetCore.*", "System.Net.Http", "System.Runtime"];

    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        if (!IsOn(builder.Configuration))
        {
            return;
        }

        var service = builder.Configuration[ServiceName] ?? builder.Environment.ApplicationName;
        var resource = ResourceBuilder.CreateDefault().AddService(service);
        builder.Services.AddHostedService(_ => new Exporting(resource, builder.Configuration));
        builder.Logging.AddOpenTelemetry(o =>
        {
            o.IncludeFormattedMessage = true;
            o.IncludeScopes = true;
            o.SetResourceBuilder(resource);
            o.AddOtlpExporter();
        });
    }

    private static bool IsOn(ConfigurationManager configuration) => !string.IsNullOrWhiteSpace(configuration[Endpoint]);

    // Sources and meters are global to the process: of several hosts in one only the first exports, or each span would go out once a host.
    private sealed class Exporting(ResourceBuilder resource, IConfiguration configuration) : IHostedService
    {
        private const int FlushTimeoutMs = 1_500;   // A collector that is away must not hold up the end.
        private static int _running;
        private TracerProvider? _tracer;
        private MeterProvider? _meter;

        public Task StartAsync(CancellationToken cancellationToken)
        {
            if (Interlocked.CompareExchange(ref _running, 1, 0) == 0)
            {
                _tracer = Sdk.CreateTracerProviderBuilder().ConfigureServices(services => services.AddSingleton(configuration))
                    .SetResourceBuilder(resource).AddSource(Sources)
                    .AddAspNetCoreInstrumentation(server => server.Filter = context => !ProbeSpans.IsProbe(context.Request.Path))
                    .AddProcessor(new ProbeSpans()).AddOtlpExporter().Build();
                _meter = Sdk.CreateMeterProviderBuilder().ConfigureServices(services => services.AddSingleton(configuration))
                    .SetResourceBuilder(resource).AddMeter(Meters).AddOtlpExporter().Build();
            }

            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken)
        {
            if (_tracer is null)
            {
                return Task.CompletedTask;
            }

            _tracer.Shutdown(FlushTimeoutMs);
            _meter?.Shutdown(FlushTimeoutMs);
            _tracer.Dispose();
            _meter?.Dispose();
            _tracer = null;
            Volatile.Write(ref _running, 0);
            return Task.CompletedTask;
        }
    }
}
