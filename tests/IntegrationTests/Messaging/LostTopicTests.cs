using System.Diagnostics;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;
using Payments.Messaging.Consuming;
using Payments.Messaging.Kafka;
using Payments.Messaging.Relay;
using Payments.Messaging.Topics;

namespace IntegrationTests.Messaging;

/// <summary>What a relay and a consumer's reports do when their topic is gone. By the same code on a real cluster.</summary>
public sealed class LostTopicTests(PostgresFixture postgres)
{
    private const string Key = "user/alice";
    private const string Event = "payment.completed.v1";
    private static readonly TimeSpan BackWithin = TimeSpan.FromSeconds(90);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_on_a_topic_that_is_lost_and_not_consumed_is_sent_again_though_nothing_else_is_sent()
    {
        using var broker = await TestBroker.StartAsync();
        await using var log = await RelayedLog.CreateAsync("payments", postgres);
        await log.StartRelayAsync(broker.Options);
        for (var i = 0; i < 3; i++)
        {
            await log.AppendAsync(Event, Key);
        }

        await UntilAsync(async () => await log.CheckpointAsync() == 3);
        await broker.LoseAsync(PlatformTopics.PaymentEvents);
        await UntilAsync(() => Task.FromResult(broker.Missing().Count == 0));

        using var reader = new MemberOfGroup(broker.Clients, "reader", PlatformTopics.PaymentEvents);
        Assert.Equal([1L, 2, 3], reader.Take(3).Select(m => m.Headers.Position));
    }

    [Fact]
    public async Task A_consumer_goes_on_while_it_cannot_tell_its_progress_and_tells_it_when_the_topic_is_there_again()
    {
        using var broker = await TestBroker.StartAsync();
        await broker.LoseAsync(PlatformTopics.ConsumerProgress);
        using var reporter = new ProgressReporter("saga", broker.Clients, TimeProvider.System, NullLogger.Instance);
        using var creator = new TopicCreator(broker.Clients, NullLogger<TopicCreator>.Instance);
        var progress = new ConsumerProgress(ConsumerNames.Saga, "payments", [new(PlatformTopics.PaymentEvents.Name, 0, 7)], Gap: false);
        for (var i = 0; i < 20; i++)
        {
            reporter.Tell(progress);
        }

        using var listener = new ProgressListenerRig(broker.Clients);
        Assert.Equal([PlatformTopics.ConsumerProgress], await creator.CreateMissingAsync(PlatformTopics.All));
        await UntilAsync(() =>
        {
            reporter.Tell(progress);
            return Task.FromResult(listener.HasHeard());
        });
    }

    [Fact]
    public async Task A_host_whose_broker_lacks_a_topic_is_degraded_and_names_it()
    {
        using var broker = await TestBroker.StartAsync();
        using var check = new KafkaHealthCheck(broker.Clients);
        using var creator = new TopicCreator(broker.Clients, NullLogger<TopicCreator>.Instance);
        Assert.Equal(HealthStatus.Healthy, (await LookAsync(check)).Status);

        await broker.LoseAsync(PlatformTopics.SagaEvents, PlatformTopics.SagaEvents.DeadLetters);
        await UntilAsync(async () => (await LookAsync(check)).Status is HealthStatus.Degraded);
        Assert.Equal(
            "The broker lacks topics or partitions of them, and they are being created: events.sagas.v1, events.sagas.v1.dlq.",
            (await LookAsync(check)).Description);

        await creator.CreateMissingAsync(PlatformTopics.All);
        await UntilAsync(async () => (await LookAsync(check)).Status is HealthStatus.Healthy);
    }

    [Fact]
    public async Task A_relay_stops_for_good_at_an_event_that_no_topic_takes_and_says_so()
    {
        using var broker = await TestBroker.StartAsync();
        await using var log = await RelayedLog.CreateAsync("payments", postgres);
        var first = await log.StartRelayAsync(broker.Options);
        await log.AppendAsync(Event, Key);
        await UntilAsync(async () => await log.CheckpointAsync() == 1);

        await log.AppendAsync("order.placed.v1", Key);
        await UntilAsync(async () => (await log.HealthAsync(first)).Status is HealthStatus.Degraded);
        Assert.Equal(
            "The relay of this process has stopped. No topic takes 'order.placed.v1' (position 2).",
            (await log.HealthAsync(first)).Description);

        // The lock is free for another, which meets the same event.
        var second = await log.StartRelayAsync(broker.Options);
        await UntilAsync(async () => (await log.HealthAsync(second)).Status is HealthStatus.Degraded);
        await UntilAsync(async () => await log.LeaderAsync() is null);
        Assert.Equal(1, await log.CheckpointAsync());
    }

    private static Task<HealthCheckResult> LookAsync(KafkaHealthCheck check) => check.CheckHealthAsync(
        new HealthCheckContext { Registration = new HealthCheckRegistration("it", check, HealthStatus.Degraded, null) }, Cancel);

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var waiting = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(waiting.Elapsed < BackWithin, $"Not so within {BackWithin.TotalSeconds} s.");
            await Task.Delay(100, Cancel);
        }
    }

    /// <summary>Reads the progress topic from its beginning, once it is there.</summary>
    private sealed class ProgressListenerRig(KafkaClientFactory clients) : IDisposable
    {
        private Confluent.Kafka.IConsumer<byte[], byte[]>? _consumer;

        public bool HasHeard()
        {
            if (_consumer is null)
            {
                _consumer = clients.ConsumerBuilder("listener", "listener").Build();
                _consumer.Assign(new Confluent.Kafka.TopicPartitionOffset(
                    clients.Names.OnBroker(PlatformTopics.ConsumerProgress.Name), 0, Confluent.Kafka.Offset.Beginning));
            }

            return _consumer.Consume(TimeSpan.FromMilliseconds(100)) is { } record
                && ConsumerProgress.Read(record.Message.Value) is not null;
        }

        public void Dispose() => _consumer?.Dispose();
    }
}
