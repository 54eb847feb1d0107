using System.Net;
using System.Net.Sockets;

namespace Payments.Standalone;

/// <summary>Ports of 127.0.0.1 that nobody listens on. Somebody may take one before its user does, so that one must cope.</summary>
public static class FreePorts
{
    /// <returns>As many different ports as asked for.</returns>
    public static IReadOnlyList<int> Find(int count)
    {
        // All are held until the last is found: otherwise the system may offer one twice.
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        try
        {
            listeners.ForEach(listener => listener.Start());
            return [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        }
        finally
        {
            listeners.ForEach(listener => listener.Dispose());
        }
    }
}
