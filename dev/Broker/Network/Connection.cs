using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Payments.Broker.Protocol;

namespace Payments.Broker.Network;

/// <summary>One client's connection: takes its requests one after the other and answers in that order, as Kafka wants it.</summary>
internal sealed partial class Connection(Socket socket, Dispatcher dispatcher, ILogger log)
{
    /// <summary>Who connects is on this machine.</summary>
    private static readonly string Client = IPAddress.Loopback.ToString();

    /// <summary>Runs until the client goes, sends what cannot be understood, or the connection is cut. Does not throw.</summary>
    public async Task RunAsync()
    {
        using var frames = new FrameReader(socket);
        using var answer = new WireWriter();
        try
        {
            while (await frames.NextAsync() is { } frame)
            {
                if (dispatcher.Answer(frame, Client, answer) is { } pending)
                {
                    try
                    {
                        if (!await WaitAsync(pending, frames))
                            return;
                        Dispatcher.Finish(pending, answer);
                    }
                    finally
                    {
                        pending.Stop();
                    }
                }

                if (!answer.IsUnwanted)
                    await SendAsync(answer.Written);
            }
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // The client went, or the broker does: nothing to say.
        }
        catch (MalformedRequestException malformed)
        {
            LogMalformed(log, Client, malformed.Message);
        }
        catch (Exception bug)
        {
            // The edge of the broker: one client's request must not take the process down, and must not be lost silently either.
            LogBug(log, Client, bug);
        }
        finally
        {
            socket.Dispose();
        }
    }

    /// <summary>Waits until the answer is ready; false when there is nobody left to answer.</summary>
    private static async ValueTask<bool> WaitAsync(PendingAnswer pending, FrameReader frames)
    {
        if (pending.Ready.IsCompleted)
            return true;

        var more = frames.MoreAsync();
        if (await Task.WhenAny(pending.Ready, more) == pending.Ready)
            return true;

        pending.HurryUp();
        if (await more == 0)
            return false;

        await pending.Ready;
        return true;
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await socket.SendAsync(bytes)..];
    }

    [LoggerMessage(EventId = 3001, Level = LogLevel.Warning, Message = "A client at {Client} was cut off: {Reason}")]
    private static partial void LogMalformed(ILogger log, string client, string reason);

    [LoggerMessage(EventId = 3002, Level = LogLevel.Error, Message = "A request from {Client} broke the embedded broker: it was cut off")]
    private static partial void LogBug(ILogger log, string client, Exception bug);
}
