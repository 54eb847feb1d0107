using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Payments.ServiceDefaults;

/// <summary>
/// Traces, metrics and logs over OTLP when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set, else nothing. The platform's own spans and meters
/// need no instrumentation packages; the exporter reads the standard <c>OTEL_*</c> variables itself.
/// </summary>
internal static class Telemetry
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private static readonly string[] Sources = ["Payments.*", "Npgsql", "Microsoft.AspNetCore", "System.Net.Http", "Yarp.ReverseProxy"];

    private static readonly string[] Meters = ["Payments.*", "Npgsql", "Microsoft.AspNetCore.*", "System.Net.Http", "System.Runtime"];

    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        if (string.IsNullOrWhiteSpace(builder.Configuration[Endpoint]))
        {
            return;
        }

        var service = builder.Configuration["OTEL_SERVICE_NAME"] ?? builder.Environment.ApplicationName;
        builder.Services.AddHostedService(_ => new Exporting(service));
        builder.Logging.AddOpenTelemetry(o =>
        {
            o.IncludeFormattedMessage = true;
            o.IncludeScopes = true;
            o.SetResourceBuilder(Resource(service));
            o.AddOtlpExporter();
        });
    }

    private static ResourceBuilder Resource(string service) => ResourceBuilder.CreateDefault().AddService(service);

    // Sources and meters are global to the process: of several hosts in one only the first exports, or each span would go out once a host.
    private sealed class Exporting(string service) : IHostedService
    {
        private static int _running;
        private TracerProvider? _tracer;
        private MeterProvider? _meter;

        public Task StartAsync(CancellationToken cancellationToken)
        {
            if (Interlocked.CompareExchange(ref _running, 1, 0) == 0)
            {
                var resource = Resource(service);
                _tracer = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(Sources).AddOtlpExporter().Build();
                _meter = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(Meters).AddOtlpExporter().Build();
            }

            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken)
        {
            if (_tracer is not null)
            {
                _tracer.Dispose();
                _meter?.Dispose();
                _tracer = null;
                _meter = null;
                Volatile.Write(ref _running, 0);
            }

            return Task.CompletedTask;
        }
    }
}
