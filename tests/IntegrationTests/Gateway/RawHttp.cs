using System.Net;
using System.Net.Sockets;
using System.Text;

namespace IntegrationTests.Gateway;

/// <summary>Sends bytes as they are, which no HTTP client would.</summary>
internal static class RawHttp
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    /// <summary>Sends a request and reads until the server closes, or has answered and the client has nothing more to say.</summary>
    /// <param name="halfClose">The client says that nothing more comes: a body that is cut off.</param>
    /// <returns>The status; 0 when the server has closed without a word.</returns>
    public static async Task<(int Status, string Answer)> SendAsync(int port, byte[] request, bool halfClose = false)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Deadline);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, deadline.Token);
        await using var stream = client.GetStream();
        var answer = new MemoryStream();
        try
        {
            await stream.WriteAsync(request, deadline.Token);
            if (halfClose)
            {
                client.Client.Shutdown(SocketShutdown.Send);
            }

            await stream.CopyToAsync(answer, deadline.Token);
        }
        catch (IOException)
        {
            // Reset by the server, which did not want to read on: what it said before counts.
        }

        var text = Encoding.Latin1.GetString(answer.ToArray());
        return (text.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) ? int.Parse(text.AsSpan(9, 3)) : 0, text);
    }

    public static Task<(int Status, string Answer)> SendAsync(int port, string request, bool halfClose = false) =>
        SendAsync(port, Encoding.UTF8.GetBytes(request.ReplaceLineEndings("\r\n")), halfClose);
}
