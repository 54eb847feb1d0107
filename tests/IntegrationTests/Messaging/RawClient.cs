using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Payments.Broker;
using Payments.Broker.Protocol;

namespace IntegrationTests.Messaging;

/// <summary>A client that says exactly what the test wants, byte by byte, and no more.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public RawClient(EmbeddedBroker broker)
    {
        _socket.ReceiveTimeout = (int)BrokerFixture.Deadline.TotalMilliseconds;
        _socket.Connect(IPEndPoint.Parse(broker.BootstrapServers));
    }

    public void Send(ReadOnlySpan<byte> bytes) => _socket.Send(bytes);

    /// <summary>Sends a request; its correlation id is that of the API.</summary>
    public void Send(ApiKey key, short version, Action<WireWriter>? body = null)
    {
        using var request = new WireWriter();
        request.Int32(0);
        request.Int16((short)key);
        request.Int16(version);
        request.Int32((int)key);
        request.Text("raw");
        body?.Invoke(request);
        request.Int32At(0, request.Length - sizeof(int));
        Send(request.Written.Span);
    }

    /// <summary>The next answer: whose it is, and its body.</summary>
    public (ApiKey Key, byte[] Body) Receive()
    {
        var length = BinaryPrimitives.ReadInt32BigEndian(Receive(sizeof(int)));
        var answer = Receive(length);
        return ((ApiKey)BinaryPrimitives.ReadInt32BigEndian(answer), answer[sizeof(int)..]);
    }

    /// <summary>Whether the broker closes the connection, without another word, before the deadline.</summary>
    public bool IsClosed()
    {
        try
        {
            return _socket.Receive(new byte[1]) == 0;
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.ConnectionReset)
        {
            return true; // It had not read all that we had sent.
        }
    }

    public void Dispose() => _socket.Dispose();

    private byte[] Receive(int count)
    {
        var bytes = new byte[count];
        for (var received = 0; received < count;)
        {
            var some = _socket.Receive(bytes.AsSpan(received));
            Assert.NotEqual(0, some);
            received += some;
        }

        return bytes;
    }
}
