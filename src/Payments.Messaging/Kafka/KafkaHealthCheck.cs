using Confluent.Kafka;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Payments.Messaging;

/// <summary>
/// One question to the broker, within two seconds. To be registered as degrading only: without a broker a service still takes requests,
/// whose events are sent when it is back.
/// </summary>
public sealed class KafkaHealthCheck(KafkaClientFactory clients) : IHealthCheck, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Keeps its connection from one question to the next.</summary>
    private readonly Lazy<IAdminClient> _admin = new(() => clients.CreateAdminClient("health"));

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await Task.Run(() => _admin.Value.GetMetadata(Patience), cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (KafkaException fault)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, "The broker does not answer.", fault);
        }
    }

    public void Dispose()
    {
        if (_admin.IsValueCreated)
        {
            _admin.Value.Dispose();
        }
    }
}
