using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Payments.ServiceDefaults.Telemetry;

/// <summary>
/// The meters as Prometheus reads them. They are global to the process, so all hosts in it share one reading of them, from the first host
/// that is built to the last that ends.
/// </summary>
internal sealed class ScrapedMeters : IDisposable
{
    private static readonly Lock Gate = new();
    private static MeterProvider? _shared;
    private static int _users;
    private bool _left;

    public ScrapedMeters()
    {
        lock (Gate)
        {
            _shared ??= Sdk.CreateMeterProviderBuilder()
                .AddMeter(Telemetry.Meters)
                .AddPrometheusExporter(o =>
                {
                    // Which instance it is says the scraper.
                    o.ScopeInfoEnabled = false;
                    o.TargetInfoEnabled = false;
                })
                .Build();
            _users++;
            Provider = _shared;
        }
    }

    public MeterProvider Provider { get; }

    public void Dispose()
    {
        lock (Gate)
        {
            if (!_left && --_users == 0)
            {
                _shared!.Dispose();
                _shared = null;
            }

            _left = true;
        }
    }
}
