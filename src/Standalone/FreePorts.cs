using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Payments.Standalone;

/// <summary>Ports of 127.0.0.1 that nobody listens on.</summary>
public static class FreePorts
{
    // Below the range from which Linux gives a port to every outgoing connection (32768 on), so that none of ours is taken by one of
    // those between being found here and being listened on.
    private const int First = 20_000;
    private const int Last = 32_000;

    /// <returns>As many different ports as asked for. Another program may take one before its user does, so that one must cope.</returns>
    public static IReadOnlyList<int> Find(int count)
    {
        // A random start: two programs that look at the same moment find different ones.
        var start = RandomNumberGenerator.GetInt32(First, Last);
        var ports = Enumerable.Range(start, Last - First)
            .Select(port => port < Last ? port : port - Last + First)
            .Where(IsFree)
            .Take(count)
            .ToList();
        return ports.Count == count
            ? ports
            : throw new CannotStartException($"There are no {count} free ports from {First} to {Last} on 127.0.0.1.");
    }

    /// <summary>Whether nobody listens on it at this moment.</summary>
    public static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
