using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Payments.Broker;
using Payments.Messaging.Kafka;
using Payments.Messaging.Topics;

namespace IntegrationTests.Messaging;

/// <summary>
/// The broker of a test: an embedded one of its own; or, with <c>PAYMENTS_TEST_KAFKA=host:port</c>, topics of its own on that cluster, by a
/// prefix. They have one replica unless <c>PAYMENTS_TEST_KAFKA_REPLICAS</c> says more, and are deleted at the end.
/// </summary>
internal sealed class TestBroker : IDisposable
{
    private static readonly string? Cluster =
        Environment.GetEnvironmentVariable("PAYMENTS_TEST_KAFKA") is { Length: > 0 } told ? told : null;

    private readonly EmbeddedBroker? _embedded;

    static TestBroker()
    {
        if (Cluster is not null)
        {
            Console.WriteLine($"The tests use the Kafka at {Cluster}. Those that need faults of the embedded broker are skipped.");
        }
    }

    private TestBroker(EmbeddedBroker? embedded, KafkaOptions options)
    {
        _embedded = embedded;
        Options = options;
        Clients = new KafkaClientFactory(options, NullLogger<KafkaClientFactory>.Instance);
    }

    public KafkaOptions Options { get; }

    public KafkaClientFactory Clients { get; }

    /// <summary>For a host, as <c>Section:Name=value</c>.</summary>
    public IReadOnlyList<string> Settings =>
    [
        $"ConnectionStrings:kafka={Options.BootstrapServers}",
        $"Kafka:Embedded={Options.Embedded}",
        $"Kafka:TopicPrefix={Options.TopicPrefix}",
        $"Kafka:ReplicationFactor={Options.ReplicationFactor}",
        $"Kafka:MinInSyncReplicas={Options.MinInSyncReplicas}",
    ];

    /// <summary>The broker itself, for what only it can do. On a cluster the test is skipped.</summary>
    public EmbeddedBroker Embedded
    {
        get
        {
            Assert.SkipWhen(_embedded is null, "It needs the embedded broker, and PAYMENTS_TEST_KAFKA is set.");
            return _embedded!;
        }
    }

    /// <summary>Starts one that has all topics.</summary>
    public static async Task<TestBroker> StartAsync()
    {
        if (Cluster is null)
        {
            return OfEmbedded(EmbeddedBroker.Start(PlatformTopics.All));
        }

        var replicas = short.Parse(
            Environment.GetEnvironmentVariable("PAYMENTS_TEST_KAFKA_REPLICAS") ?? "1", CultureInfo.InvariantCulture);
        var broker = new TestBroker(null, new KafkaOptions
        {
            BootstrapServers = Cluster,
            TopicPrefix = $"test-{Guid.NewGuid():N}.",
            ReplicationFactor = replicas,
            MinInSyncReplicas = (replicas / 2) + 1,
        });
        using var creator = new TopicCreator(broker.Clients, NullLogger<TopicCreator>.Instance);
        await creator.CreateMissingAsync(PlatformTopics.All);
        return broker;
    }

    public static TestBroker OfEmbedded(EmbeddedBroker embedded) =>
        new(embedded, new KafkaOptions { BootstrapServers = embedded.BootstrapServers, Embedded = true });

    /// <summary>The broker loses topics, with all that is in them, while everything runs.</summary>
    public async Task LoseAsync(params IEnumerable<Topic> topics)
    {
        using var admin = Clients.CreateAdminClient("test");
        await admin.DeleteTopicsAsync(topics.Select(topic => Clients.Names.OnBroker(topic.Name)));
    }

    /// <summary>Which of the platform's topics it lacks now.</summary>
    public IReadOnlyList<string> Missing()
    {
        using var admin = Clients.CreateAdminClient("test");
        var found = admin.GetMetadata(BrokerFixture.Deadline).Topics
            .Where(topic => topic.Partitions.Count > 0)
            .Select(topic => topic.Topic);
        return [.. PlatformTopics.All.Select(topic => Clients.Names.OnBroker(topic.Name)).Except(found)];
    }

    public void Dispose()
    {
        if (_embedded is not null)
        {
            _embedded.Dispose();
            return;
        }

        using var admin = Clients.CreateAdminClient("test");
        admin.DeleteTopicsAsync(
            PlatformTopics.All.Select(topic => Clients.Names.OnBroker(topic.Name)).Except(Missing())).GetAwaiter().GetResult();
    }
}
