using System.Reflection;
using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace Payments.Messaging;

/// <summary>
/// The few functions of librdkafka that its .NET wrapper does not show: those of the mock cluster, in <c>rdkafka_mock.h</c>.
/// </summary>
internal static partial class LibRdKafka
{
    public const int NoError = 0;
    public const int ConfOk = 0;
    public const int ProducerType = 0;

    /// <summary>Instead of a broker's id: all of them.</summary>
    public const int AllBrokers = -1;

    /// <summary>Kafka's number of the request that writes messages.</summary>
    public const short ProduceRequest = 0;

    private const string Name = "librdkafka";

    // Only here, so that the resolver is in place before the first call.
    static LibRdKafka() => NativeLibrary.SetDllImportResolver(typeof(LibRdKafka).Assembly, Resolve);

    [LibraryImport(Name, EntryPoint = "rd_kafka_conf_new")]
    public static partial nint ConfNew();

    [LibraryImport(Name, EntryPoint = "rd_kafka_conf_destroy")]
    public static partial void ConfDestroy(nint conf);

    [LibraryImport(Name, EntryPoint = "rd_kafka_conf_set", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ConfSet(nint conf, string name, string value, Span<byte> error, nuint errorSize);

    /// <summary>Owns <paramref name="conf"/> from then on, unless it fails and gives 0.</summary>
    [LibraryImport(Name, EntryPoint = "rd_kafka_new")]
    public static partial nint New(int type, nint conf, Span<byte> error, nuint errorSize);

    [LibraryImport(Name, EntryPoint = "rd_kafka_destroy")]
    public static partial void Destroy(nint client);

    /// <summary>A text that librdkafka owns and never frees.</summary>
    [LibraryImport(Name, EntryPoint = "rd_kafka_err2str")]
    public static partial nint ErrorText(int error);

    [LibraryImport(Name, EntryPoint = "rd_kafka_mock_cluster_new")]
    public static partial nint MockClusterNew(nint client, int brokers);

    [LibraryImport(Name, EntryPoint = "rd_kafka_mock_cluster_destroy")]
    public static partial void MockClusterDestroy(nint cluster);

    /// <summary>A text that the cluster owns.</summary>
    [LibraryImport(Name, EntryPoint = "rd_kafka_mock_cluster_bootstraps")]
    public static partial nint MockClusterBootstraps(MockCluster cluster);

    [LibraryImport(Name, EntryPoint = "rd_kafka_mock_group_initial_rebalance_delay_ms")]
    public static partial void MockGroupInitialRebalanceDelayMs(MockCluster cluster, int delayMs);

    [LibraryImport(Name, EntryPoint = "rd_kafka_mock_topic_create", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int MockTopicCreate(MockCluster cluster, string topic, int partitions, int replicas);

    [LibraryImport(Name, EntryPoint = "rd_kafka_mock_broker_set_down")]
    public static partial int MockBrokerSetDown(MockCluster cluster, int broker);

    [LibraryImport(Name, EntryPoint = "rd_kafka_mock_broker_set_up")]
    public static partial int MockBrokerSetUp(MockCluster cluster, int broker);

    /// <summary>The next requests of this kind, one for each error, fail with it. Answered at once, under a lock.</summary>
    [LibraryImport(Name, EntryPoint = "rd_kafka_mock_push_request_errors_array")]
    public static partial void MockPushRequestErrors(MockCluster cluster, short request, nuint count, ReadOnlySpan<int> errors);

    // A second copy of the library beside the wrapper's own would work, yet be another version on some machines. So the wrapper loads it
    // first, and we ask for the names that it tries, in its order: with Kerberos, without; and on musl that one only.
    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != Name)
            return 0;

        Library.Load();
        string[] candidates = RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal)
            ? ["alpine-librdkafka"]
            : [Name, "centos8-librdkafka"];
        foreach (var candidate in candidates)
        {
            if (NativeLibrary.TryLoad(candidate, typeof(Library).Assembly, path, out var handle))
                return handle;
        }

        return 0;
    }
}
