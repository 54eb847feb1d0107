using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Payments.Broker.Protocol;

namespace Payments.Broker.Network;

/// <summary>Cuts what a socket receives into frames: four bytes of length, then the request.</summary>
internal sealed class FrameReader(Socket socket) : IDisposable
{
    private const int FirstBytes = 16 * 1024;

    /// <summary>Several of the largest batches that are taken; bounds what a client can make us reserve.</summary>
    private const int FrameBytesMax = 16 * 1024 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(FirstBytes);
    private int _start;
    private int _end;
    private Task<int>? _ahead;

    /// <summary>The next frame, valid until the next call of any method; nothing when the client has closed the connection.</summary>
    /// <exception cref="MalformedRequestException">The length is none that a request can have.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ReadOnlyMemory<byte>?> NextAsync()
    {
        while (true)
        {
            var missing = Missing();
            if (missing == 0)
                return Take();

            var received = await ReceiveAsync(missing);
            if (received == 0)
                return null;
            _end += received;
        }
    }

    /// <summary>Ends when the client has sent more (some number) or has closed the connection (0). The frame is no longer valid.</summary>
    public Task<int> MoreAsync()
    {
        if (_end > _start)
            return Task.FromResult(_end - _start);

        MakeRoom(FirstBytes);
        return _ahead = socket.ReceiveAsync(_buffer.AsMemory(_end)).AsTask();
    }

    public void Dispose()
    {
        // Nothing may be received into a buffer that others use already.
        if (_ahead is null or { IsCompleted: true })
            ArrayPool<byte>.Shared.Return(_buffer);
    }

    private async ValueTask<int> ReceiveAsync(int missing)
    {
        if (_ahead is { } ahead)
        {
            _ahead = null;
            return await ahead;
        }

        MakeRoom(missing);
        return await socket.ReceiveAsync(_buffer.AsMemory(_end));
    }

    /// <summary>At least so many bytes are missing from the next frame; 0 if it is there.</summary>
    private int Missing()
    {
        var held = _end - _start;
        if (held < sizeof(int))
            return sizeof(int) - held;

        var length = BinaryPrimitives.ReadInt32BigEndian(_buffer.AsSpan(_start));
        return length is > 0 and <= FrameBytesMax
            ? Math.Max(0, sizeof(int) + length - held)
            : throw new MalformedRequestException($"A frame of {length} bytes.");
    }

    private ReadOnlyMemory<byte> Take()
    {
        var length = BinaryPrimitives.ReadInt32BigEndian(_buffer.AsSpan(_start));
        var frame = _buffer.AsMemory(_start + sizeof(int), length);
        _start += sizeof(int) + length;
        return frame;
    }

    private void MakeRoom(int bytes)
    {
        var held = _end - _start;
        if (held == 0 && _buffer.Length >= bytes)
        {
            _start = _end = 0;
        }
        else if (_buffer.Length - _end < bytes)
        {
            var buffer = ArrayPool<byte>.Shared.Rent(Math.Max(FirstBytes, held + bytes));
            _buffer.AsSpan(_start, held).CopyTo(buffer);
            ArrayPool<byte>.Shared.Return(_buffer);
            (_buffer, _start, _end) = (buffer, 0, held);
        }
    }
}
