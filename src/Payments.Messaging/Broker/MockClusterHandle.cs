using System.Runtime.InteropServices;
using System.Text;

namespace Payments.Messaging;

/// <summary>A mock cluster of one broker and the librdkafka client that it hangs on. They go together, the cluster first.</summary>
internal sealed class MockClusterHandle : SafeHandle
{
    private const int ErrorTextSize = 512;

    /// <summary>syslog's "error": the client has no bootstrap servers, on purpose, and would say so at every start.</summary>
    private const string LogLevelError = "3";

    private readonly nint _client;

    private MockClusterHandle(nint client, nint cluster)
        : base(invalidHandleValue: 0, ownsHandle: true)
    {
        _client = client;
        SetHandle(cluster);
    }

    public override bool IsInvalid => handle == 0;

    public static MockClusterHandle Start()
    {
        var client = NewClient();
        var cluster = LibRdKafka.MockClusterNew(client, brokers: 1);
        if (cluster != 0)
            return new(client, cluster);

        LibRdKafka.Destroy(client);
        throw new EmbeddedBrokerException("The embedded broker did not start: no free port on the loopback address, or no more threads.");
    }

    protected override bool ReleaseHandle()
    {
        LibRdKafka.MockClusterDestroy(handle);
        LibRdKafka.Destroy(_client);
        return true;
    }

    private static nint NewClient()
    {
        Span<byte> error = stackalloc byte[ErrorTextSize];
        var conf = LibRdKafka.ConfNew();
        if (LibRdKafka.ConfSet(conf, "log_level", LogLevelError, error, ErrorTextSize) == LibRdKafka.ConfOk
            && LibRdKafka.New(LibRdKafka.ProducerType, conf, error, ErrorTextSize) is var client and not 0)
            return client;

        LibRdKafka.ConfDestroy(conf);
        throw new EmbeddedBrokerException($"The embedded broker did not start: {Encoding.UTF8.GetString(error[..error.IndexOf((byte)0)])}");
    }
}
