using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Payments.Broker.Network;

/// <summary>The broker's port on loopback and the connections to it.</summary>
internal sealed partial class Listener : IDisposable
{
    private const int BacklogMax = 512;

    private static readonly TimeSpan AcceptRetryAfter = TimeSpan.FromMilliseconds(100);

    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<Socket, bool> _connections = new();
    private Dispatcher? _dispatcher;
    private CancellationTokenSource _closed = new();
    private Socket _socket;
    private bool _open;
    private bool _disposed;

    /// <summary>Takes a port, not yet connections.</summary>
    /// <param name="port">0: any free one.</param>
    /// <exception cref="SocketException">It is taken, or none is free.</exception>
    public Listener(int port, TimeProvider clock, ILogger log)
    {
        (_clock, _log) = (clock, log);
        _socket = Bind(new(IPAddress.Loopback, port));
        Address = (IPEndPoint)_socket.LocalEndPoint!;
    }

    public IPEndPoint Address { get; }

    /// <summary>Takes connections from now on.</summary>
    public void Open(Dispatcher dispatcher)
    {
        lock (_gate)
        {
            ThrowIfDisposed();
            if (_open)
                return;

            _open = true;
            _dispatcher = dispatcher;
            _closed = new();
            _socket.Listen(BacklogMax);
            _ = AcceptAsync(_socket, dispatcher, _closed.Token);
        }
    }

    /// <summary>Cuts all connections and refuses new ones. The port stays ours.</summary>
    public void Close()
    {
        lock (_gate)
        {
            ThrowIfDisposed();
            CutAll();

            // Bound, yet not listening: nobody else gets the port, and who connects to it is refused.
            _socket = Bind(Address);
        }
    }

    /// <summary>Takes connections again.</summary>
    public void Reopen() => Open(_dispatcher!);

    public void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_disposed, typeof(EmbeddedBroker));

    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            _disposed = true;
            CutAll();
        }
    }

    private static Socket Bind(IPEndPoint address)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(address);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private void CutAll()
    {
        _open = false;
        _closed.Cancel();
        _socket.Dispose();
        foreach (var connection in _connections.Keys)
            connection.Dispose();
    }

    private async Task AcceptAsync(Socket listening, Dispatcher dispatcher, CancellationToken closed)
    {
        while (!closed.IsCancellationRequested)
        {
            try
            {
                var client = await listening.AcceptAsync(closed);
                client.NoDelay = true;
                _ = ServeAsync(client, dispatcher, closed);
            }
            catch (Exception) when (closed.IsCancellationRequested)
            {
                return;
            }
            catch (SocketException trouble)
            {
                // The client went before it was greeted, or this process has too many files open.
                LogNotAccepted(_log, trouble.SocketErrorCode);
                await Task.Delay(AcceptRetryAfter, _clock, CancellationToken.None);
            }
        }
    }

    private async Task ServeAsync(Socket client, Dispatcher dispatcher, CancellationToken closed)
    {
        _connections.TryAdd(client, true);
        if (closed.IsCancellationRequested)
            client.Dispose(); // Cut off already, before it was in the list.

        await Task.Yield(); // The next one is accepted meanwhile.
        await new Connection(client, dispatcher, _log).RunAsync();
        _connections.TryRemove(client, out _);
    }

    [LoggerMessage(EventId = 3003, Level = LogLevel.Warning, Message = "A connection could not be accepted: {Error}")]
    private static partial void LogNotAccepted(ILogger log, SocketError error);
}
