using System.Diagnostics;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Payments.Messaging.Kafka;

namespace IntegrationTests.Messaging;

public sealed class KafkaHealthTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_its_broker_a_host_is_degraded_and_healthy_when_it_is_back()
    {
        using var fixture = new BrokerFixture();
        using var check = new KafkaHealthCheck(fixture.Clients);

        Assert.Equal(HealthStatus.Healthy, await LookAsync(check));
        fixture.Broker.GoDown();
        await UntilAsync(check, HealthStatus.Degraded);
        fixture.Broker.ComeBack();
        await UntilAsync(check, HealthStatus.Healthy);
    }

    private static async Task<HealthStatus> LookAsync(KafkaHealthCheck check) => (await check.CheckHealthAsync(
        new HealthCheckContext { Registration = new HealthCheckRegistration("kafka", check, HealthStatus.Degraded, null) }, Cancel)).Status;

    private static async Task UntilAsync(KafkaHealthCheck check, HealthStatus status)
    {
        var waiting = Stopwatch.StartNew();
        while (await LookAsync(check) != status)
        {
            Assert.True(waiting.Elapsed < BrokerFixture.Deadline, $"Not {status} in time.");
            await Task.Delay(50, Cancel);
        }
    }
}
