using Confluent.Kafka;

namespace Payments.Messaging;

/// <summary>
/// A Kafka broker inside this process: the mock cluster that librdkafka's own tests run on. It speaks the real protocol on a loopback
/// port of its own choice, with consumer groups, idempotent producers and committed offsets, and any client may connect to it.
/// </summary>
/// <remarks>
/// All is in memory and gone with the process, however that ends; the event logs are the truth and publish again. Of each partition it
/// keeps the last 5 MB, at most 100,000 batches: a consumer that is further behind finds a gap. It has no admin API. A second member of
/// a group waits about two seconds for its partitions (see <see cref="KafkaClientConfig"/>); the first has them at once.
/// </remarks>
public sealed class EmbeddedBroker : IDisposable
{
    private readonly MockCluster _cluster;

    private EmbeddedBroker(MockCluster cluster) => _cluster = cluster;

    /// <summary><c>host:port</c> for clients of this process and others on this machine.</summary>
    public string BootstrapServers => _cluster.BootstrapServers;

    /// <summary>Starts a broker that has these topics.</summary>
    /// <exception cref="EmbeddedBrokerException">There is no port or no memory for it, or a topic is named twice.</exception>
    public static EmbeddedBroker Start(IEnumerable<Topic> topics)
    {
        var broker = new EmbeddedBroker(MockCluster.Start());
        try
        {
            // A real broker waits 3 s for more members before a new group may start; here they all start at once.
            LibRdKafka.MockGroupInitialRebalanceDelayMs(broker._cluster, 0);
            foreach (var topic in topics)
                broker.CreateTopic(topic);
            return broker;
        }
        catch
        {
            broker.Dispose();
            throw;
        }
    }

    /// <summary>Adds a topic. Its retention and cleanup do not apply here.</summary>
    /// <exception cref="EmbeddedBrokerException">It exists already.</exception>
    public void CreateTopic(Topic topic) => _cluster.Do(
        $"create topic {topic.Name}",
        cluster => LibRdKafka.MockTopicCreate(cluster, topic.Name, topic.Partitions, replicas: 1));

    /// <summary>For tests: cuts all connections and accepts no new ones, as when the network is gone. Nothing is lost.</summary>
    public void GoDown() => _cluster.Do("go down", cluster => LibRdKafka.MockBrokerSetDown(cluster, LibRdKafka.AllBrokers));

    /// <summary>For tests: is there again, at the same address.</summary>
    public void ComeBack() => _cluster.Do("come back", cluster => LibRdKafka.MockBrokerSetUp(cluster, LibRdKafka.AllBrokers));

    /// <summary>For tests: refuses the next request to write messages with this error, and all that it holds.</summary>
    public void RefuseNextWrite(ErrorCode error) =>
        LibRdKafka.MockPushRequestErrors(_cluster, LibRdKafka.ProduceRequest, 1, [(int)error]);

    /// <summary>Stops it; clients that are still connected see a broker that is gone.</summary>
    public void Dispose() => _cluster.Dispose();
}

/// <summary>The embedded broker could not be started, or could not do what it was asked to.</summary>
public sealed class EmbeddedBrokerException(string message) : Exception(message);
