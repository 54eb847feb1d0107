using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace Payments.Messaging;

/// <summary>A mock cluster of one broker and the librdkafka client that it hangs on. They go together, the cluster first.</summary>
internal sealed class MockCluster : SafeHandle
{
    private const int ErrorTextSize = 512;
    private const int NudgeEveryMs = 2;

    /// <summary>syslog's "error": the client has no bootstrap servers, on purpose, and would say so at every start.</summary>
    private const string LogLevelError = "3";

    private readonly nint _client;
    private readonly IPEndPoint _endpoint;

    private MockCluster(nint client, nint cluster)
        : base(invalidHandleValue: 0, ownsHandle: true)
    {
        _client = client;
        SetHandle(cluster);
        BootstrapServers = Marshal.PtrToStringUTF8(LibRdKafka.MockClusterBootstraps(this)) ?? "";
        _endpoint = IPEndPoint.Parse(BootstrapServers);
    }

    public override bool IsInvalid => handle == 0;

    /// <summary><c>127.0.0.1:port</c>.</summary>
    public string BootstrapServers { get; }

    public static MockCluster Start()
    {
        var client = NewClient();
        var cluster = LibRdKafka.MockClusterNew(client, brokers: 1);
        if (cluster != 0)
            return new(client, cluster);

        LibRdKafka.Destroy(client);
        throw new EmbeddedBrokerException("The embedded broker did not start: no free port on the loopback address, or no more threads.");
    }

    /// <summary>Makes a call that the cluster's own thread answers.</summary>
    /// <exception cref="EmbeddedBrokerException">The answer is an error.</exception>
    public void Do(string what, Func<MockCluster, int> call)
    {
        using var nudging = Nudging();
        var error = call(this);
        if (error != LibRdKafka.NoError)
        {
            var reason = Marshal.PtrToStringUTF8(LibRdKafka.ErrorText(error));
            throw new EmbeddedBrokerException($"The embedded broker could not {what}: {reason}.");
        }
    }

    protected override bool ReleaseHandle()
    {
        using (Nudging())
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

    /// <summary>
    /// The cluster's thread loses the wake-up for a call that comes right after another: it empties the pipe of both and then sleeps for
    /// a second (librdkafka 2.15.1: <c>rd_kafka_mock_cluster_io_poll</c> serves the queue before it reads the pipe). Nine topics took two
    /// to three seconds. A knock on its port wakes it too; most calls are back before the first.
    /// </summary>
    private Timer Nudging() => new(_ => Knock(), null, NudgeEveryMs, NudgeEveryMs);

    private void Knock()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(_endpoint);
        }
        catch (SocketException)
        {
            // The port is closed, because the call was to close it: nobody left to wake.
        }
    }
}
