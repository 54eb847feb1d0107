using System.Net;
using System.Net.Sockets;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Payments.Broker.Apis;
using Payments.Broker.Groups;
using Payments.Broker.Log;
using Payments.Broker.Network;
using Payments.Messaging.Kafka;
using Payments.Messaging.Topics;

namespace Payments.Broker;

/// <summary>
/// A Kafka broker inside this process. It speaks the real protocol on a loopback port, of its own choice unless told, with consumer groups,
/// idempotent producers and committed offsets, and any client may connect to it. Who waits for messages has them as soon as they are
/// written.
/// </summary>
/// <remarks>
/// All is in memory and gone with the process, however that ends; the event logs are the truth and publish again. Of each partition it
/// keeps the last megabytes: a consumer that is further behind finds a gap. There are no transactions, no security and one replica. See
/// docs/decisions/004-embedded-broker.md.
/// </remarks>
public sealed class EmbeddedBroker : IDisposable
{
    /// <summary>What is kept of each partition, as the producers sent it, unless told otherwise.</summary>
    public const int DefaultRetainedBytes = KafkaOptions.EmbeddedRetainedBytes;

    private readonly WriteFaults _writeFaults = new();
    private readonly TopicTable _topics;
    private readonly GroupCoordinator _groups;
    private readonly Listener _listener;

    private EmbeddedBroker(int retainedBytes, BrokerAddress address, TimeProvider clock, ILogger log)
    {
        _topics = new(retainedBytes);
        _listener = new(address.Port, clock, log);
        _groups = new(clock);
        BootstrapServers = $"{_listener.Address.Address}:{_listener.Address.Port}";
        var told = address.Told ?? new DnsEndPoint(_listener.Address.Address.ToString(), _listener.Address.Port);
        var node = new BrokerNode(told.Host, told.Port, clock);
        _listener.Open(new Dispatcher(ApiTable.For(node, _topics, _groups, _writeFaults)));
    }

    /// <summary><c>host:port</c> for clients of this process and others on this machine.</summary>
    public string BootstrapServers { get; }

    /// <summary>Starts a broker that has these topics.</summary>
    /// <param name="retainedBytes">What is kept of each partition; the last batch always is.</param>
    /// <param name="clock">The system's, unless given.</param>
    /// <param name="log">Hears of clients that do not speak the protocol.</param>
    /// <param name="address">Any free port, unless given.</param>
    /// <exception cref="EmbeddedBrokerException">There is no port for it, or a topic is named twice.</exception>
    public static EmbeddedBroker Start(
        IEnumerable<Topic> topics,
        int retainedBytes = DefaultRetainedBytes,
        TimeProvider? clock = null,
        ILogger<EmbeddedBroker>? log = null,
        BrokerAddress address = default)
    {
        EmbeddedBroker broker;
        try
        {
            broker = new(retainedBytes, address, clock ?? TimeProvider.System, log ?? NullLogger<EmbeddedBroker>.Instance);
        }
        catch (SocketException noPort)
        {
            throw new EmbeddedBrokerException($"The embedded broker could not start: {noPort.Message}");
        }

        try
        {
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
    public void CreateTopic(Topic topic)
    {
        _listener.ThrowIfDisposed();
        if (!_topics.TryAdd(topic.Name, topic.Partitions))
            throw new EmbeddedBrokerException($"The embedded broker could not create topic {topic.Name}: it exists already.");
    }

    /// <summary>For tests: cuts all connections and accepts no new ones, as when the network is gone. Nothing is lost.</summary>
    public void GoDown() => _listener.Close();

    /// <summary>For tests: is there again, at the same address.</summary>
    public void ComeBack() => _listener.Reopen();

    /// <summary>
    /// For tests: is gone, and there again at the same address as one that was started anew: no messages, groups or offsets.
    /// </summary>
    public void LoseEverything()
    {
        _listener.Close();
        _topics.Empty();
        _groups.Forget();
        _listener.Reopen();
    }

    /// <summary>For tests: refuses the next request to write messages with this error, and all that it holds.</summary>
    public void RefuseNextWrite(ErrorCode error) => _writeFaults.Add(new(error));

    /// <summary>
    /// For tests: writes what the next request holds, and tells the client that this is a duplicate, as when it has forgotten at which
    /// offset it wrote it before. The client has to take that for a delivery without an offset.
    /// </summary>
    public void ForgetOffsetOfNextWrite() => _writeFaults.Add(new(ErrorCode.DuplicateSequenceNumber, IsWritten: true));

    /// <summary>
    /// For tests: writes what the next request holds, and says late that it was too slow: when the client has sent its next request. As
    /// when followers stand still for a while. That next request shows the client that the first was written, not at which offset.
    /// </summary>
    public void AnswerNextWriteLate() => _writeFaults.Add(new(ErrorCode.RequestTimedOut, IsWritten: true, IsLate: true));

    /// <summary>Stops it; clients that are still connected see a broker that is gone.</summary>
    public void Dispose()
    {
        _listener.Dispose();
        _groups.Dispose();
    }
}

/// <summary>Where an embedded broker listens, on loopback, and where it says that it is.</summary>
/// <param name="Port">0: any free one.</param>
/// <param name="Told">
/// Where clients connect after the first answer: what Kafka calls the advertised listener. Null: where it listens. Another address is for
/// whoever puts something in between.
/// </param>
public readonly record struct BrokerAddress(int Port = 0, DnsEndPoint? Told = null);

/// <summary>The embedded broker could not be started, or could not do what it was asked to.</summary>
public sealed class EmbeddedBrokerException(string message) : Exception(message);
