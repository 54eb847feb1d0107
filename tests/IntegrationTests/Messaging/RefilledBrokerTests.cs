using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Payments.Broker;
using Payments.EventStore.Contract;
using Payments.Messaging.Kafka;
using Payments.Messaging.Relay;
using Payments.Messaging.Topics;
using Payments.SagaService;

namespace IntegrationTests.Messaging;

/// <summary>The broker loses a message, and another source fills the partition up to where it was: no offset, no gap shows it.</summary>
public sealed class RefilledBrokerTests(PostgresFixture postgres)
{
    private const string Key = "user/alice";
    private const string Event = "payment.completed.v1"; // A saga knows it and has nothing to do with it.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_last_message_that_is_lost_and_covered_by_another_source_is_sent_again_because_nobody_acknowledges_it()
    {
        using var broker = EmbeddedBroker.Start(PlatformTopics.All);
        await using var payments = await RelayedLog.CreateAsync("payments", postgres);
        await using var wallets = await RelayedLog.CreateAsync("wallets", postgres);
        await payments.StartRelayAsync(new KafkaOptions { BootstrapServers = broker.BootstrapServers, Embedded = true });
        await payments.AppendAsync(Event, Key);
        await UntilAsync(async () => await payments.CheckpointAsync() == 1);

        broker.LoseEverything();
        await wallets.StartRelayAsync(new KafkaOptions { BootstrapServers = broker.BootstrapServers, Embedded = true });
        foreach (var _ in Enumerable.Range(0, 3))
        {
            await wallets.AppendAsync(Event, Key);
        }

        await UntilAsync(async () => await wallets.CheckpointAsync() == 3);
        await using var reader = await StartReaderAsync(broker.BootstrapServers);
        await UntilAsync(async () => await WatermarkAsync(reader, "wallets") == 3);
        var waiting = Stopwatch.StartNew();
        Assert.Equal(0, await WatermarkAsync(reader, "payments"));

        await UntilAsync(async () => await WatermarkAsync(reader, "payments") == 1);
        Assert.True(
            waiting.Elapsed > AcknowledgementWatch.PatienceFor(new KafkaOptions { BootstrapServers = "" }) / 2,
            $"Something else had brought it, after {waiting.Elapsed.TotalSeconds:0.0} s.");
        Assert.Equal(3, await WatermarkAsync(reader, "wallets"));
    }

    private async Task<WebApplication> StartReaderAsync(string brokers)
    {
        var host = SagaHost.Build(
        [
            "--environment=Development",
            "--urls=http://127.0.0.1:0",
            "--Logging:Console:LogLevel:Default=None",
            $"--ConnectionStrings:kafka={brokers}",
            "--Kafka:Embedded=true",
            $"--ConnectionStrings:sagas={await postgres.CreateDatabaseAsync()}",
        ]);
        await host.StartAsync(Cancel);
        return host;
    }

    private static async Task<long> WatermarkAsync(WebApplication reader, string source)
    {
        var watermarks = await reader.Services.GetRequiredService<IEventStore>().WatermarksAsync(ConsumerNames.Saga, Cancel);
        return watermarks.SingleOrDefault(w => w.Source == source)?.Position ?? 0;
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var waiting = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(waiting.Elapsed < Deadline, $"Not so within {Deadline.TotalSeconds} s.");
            await Task.Delay(50, Cancel);
        }
    }
}
