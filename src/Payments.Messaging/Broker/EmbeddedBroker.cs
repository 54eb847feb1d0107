using System.Runtime.InteropServices;

namespace Payments.Messaging;

/// <summary>
/// A Kafka broker inside this process: the mock cluster that librdkafka's own tests run on. It speaks the real protocol on a loopback port
/// of its own choice, with consumer groups, idempotent producers and committed offsets, and any client may connect to it.
/// </summary>
/// <remarks>
/// All is in memory and gone with the process, however that ends; the event logs are the truth and publish again. Of each partition it
/// keeps the last 5 MB, at most 100,000 batches: a consumer that is further behind finds a gap. It has no admin API.
/// </remarks>
public sealed class EmbeddedBroker : IDisposable
{
    private readonly MockClusterHandle _cluster;

    private EmbeddedBroker(MockClusterHandle cluster)
    {
        _cluster = cluster;
        BootstrapServers = Text(LibRdKafka.MockClusterBootstraps(cluster));
    }

    /// <summary><c>host:port</c> for clients of this process and others on this machine.</summary>
    public string BootstrapServers { get; }

    /// <summary>Starts a broker that has these topics.</summary>
    /// <exception cref="EmbeddedBrokerException">There is no port or no memory for it.</exception>
    public static EmbeddedBroker Start(IEnumerable<Topic> topics)
    {
        var broker = new EmbeddedBroker(MockClusterHandle.Start());
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
    public void CreateTopic(Topic topic) =>
        Check(LibRdKafka.MockTopicCreate(_cluster, topic.Name, topic.Partitions, replicas: 1), $"create topic {topic.Name}");

    /// <summary>For tests: cuts all connections and accepts no new ones, as when the network is gone. Nothing is lost.</summary>
    public void GoDown() => Check(LibRdKafka.MockBrokerSetDown(_cluster, LibRdKafka.AllBrokers), "go down");

    /// <summary>For tests: is there again, at the same address.</summary>
    public void ComeBack() => Check(LibRdKafka.MockBrokerSetUp(_cluster, LibRdKafka.AllBrokers), "come back");

    /// <summary>Stops it; clients that are still connected see a broker that is gone.</summary>
    public void Dispose() => _cluster.Dispose();

    private static void Check(int error, string what)
    {
        if (error != LibRdKafka.NoError)
            throw new EmbeddedBrokerException($"The embedded broker could not {what}: {Text(LibRdKafka.ErrorText(error))}.");
    }

    private static string Text(nint utf8) => Marshal.PtrToStringUTF8(utf8) ?? "";
}

/// <summary>The embedded broker could not be started, or could not do what it was asked to.</summary>
public sealed class EmbeddedBrokerException(string message) : Exception(message);
