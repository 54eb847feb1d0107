using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Payments.Messaging.Kafka;
using Payments.Messaging.Topics;

namespace IntegrationTests.Messaging;

/// <summary>What Kafka clients say in the log while their broker is away.</summary>
public sealed class KafkaLogTests
{
    private static readonly TimeSpan Away = TimeSpan.FromSeconds(4);

    [Fact]
    public void A_broker_that_is_away_is_told_of_in_a_few_lines_by_all_clients_together_and_none_is_worse_than_a_warning()
    {
        using var kafka = new BrokerFixture();
        var lines = new Lines();
        var clients = new KafkaClientFactory(kafka.Clients.Options, lines);
        using var first = clients.CreateProducer("first");
        using var second = clients.CreateProducer("second");
        using var admin = clients.CreateAdminClient("admin");
        using var consumer = clients.ConsumerBuilder("reader", "reader").Build();
        admin.GetMetadata(BrokerFixture.Deadline);
        consumer.Subscribe(PlatformTopics.SagaEvents.Name);
        kafka.Broker.GoDown();

        // Reconnects come every second at most: without the limit there are dozens of lines in this time.
        var away = Stopwatch.StartNew();
        while (away.Elapsed < Away || lines.Written.Count == 0)
        {
            BrokerFixture.Produce(first, BrokerFixture.Messages(PlatformTopics.SagaEvents, 1));
            BrokerFixture.Produce(second, BrokerFixture.Messages(PlatformTopics.SagaEvents, 1));
            consumer.Consume(TimeSpan.FromMilliseconds(50));
        }

        Assert.True(lines.Written.Count <= 10, string.Join("\n", lines.Written));
        Assert.All(lines.Written, line => Assert.True(line.Level <= LogLevel.Warning, line.Text));
        kafka.Broker.ComeBack();
        Assert.Equal(0, first.Flush(BrokerFixture.Deadline));
        Assert.Equal(0, second.Flush(BrokerFixture.Deadline));
        consumer.Leave(); // Disposed in the middle of a rebalance it would hang.
    }

    private sealed class Lines : ILogger<KafkaClientFactory>
    {
        private readonly Lock _gate = new();
        private readonly List<(LogLevel Level, string Text)> _written = [];

        public IReadOnlyList<(LogLevel Level, string Text)> Written
        {
            get
            {
                lock (_gate)
                {
                    return [.. _written];
                }
            }
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                lock (_gate)
                {
                    _written.Add((logLevel, formatter(state, exception)));
                }
            }
        }
    }
}
