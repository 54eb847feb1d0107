using Confluent.Kafka;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Payments.Messaging.Topics;

namespace Payments.Messaging.Kafka;

/// <summary>
/// Asks the broker for its topics, within two seconds: does it answer, and has it all of ours? To be registered as degrading: without a
/// broker a service still takes requests, whose events are sent when it is back.
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
            var metadata = await Task.Run(() => _admin.Value.GetMetadata(Patience), cancellationToken);
            var partitions = metadata.Topics.ToDictionary(topic => topic.Topic, topic => topic.Partitions.Count);
            var missing = PlatformTopics.All
                .Where(topic => partitions.GetValueOrDefault(clients.Names.OnBroker(topic.Name)) < topic.Partitions)
                .Select(topic => topic.Name)
                .ToList();
            return missing.Count == 0
                ? HealthCheckResult.Healthy()
                : new HealthCheckResult(
                    context.Registration.FailureStatus,
                    $"The broker lacks topics or partitions of them, and they are being created: {string.Join(", ", missing)}.");
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
