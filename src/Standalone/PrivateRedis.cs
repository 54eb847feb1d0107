using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Payments.Standalone.Postgres;

namespace Payments.Standalone;

/// <summary>
/// A Redis of our own: in memory only, on a free port of 127.0.0.1, with a password, and gone with this process even if that is killed.
/// Nothing needs it, so where <c>redis-server</c> is not installed or does not start there is none.
/// </summary>
internal sealed class PrivateRedis : IAsyncDisposable
{
    private const string Program = "redis-server";

    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan StopPatience = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(10);

    private readonly SupervisedProcess _server;

    private PrivateRedis(SupervisedProcess server, int port, string password)
    {
        _server = server;
        Port = port;
        ConnectionString = $"127.0.0.1:{port},password={password}";
    }

    public int Port { get; }

    /// <summary>Keep it out of logs: the password is in it.</summary>
    public string ConnectionString { get; }

    /// <summary>It answers when this returns; null when there is none.</summary>
    public static async Task<PrivateRedis?> StartAsync(CancellationToken cancel)
    {
        if (FindProgram() is not { } program)
            return null;
        var port = FreePorts.Find(1)[0];
        var password = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var settings = Path.Combine(Path.GetTempPath(), $"payments-redis-{RandomNumberGenerator.GetHexString(16, lowercase: true)}.conf");
        try
        {
            await RedisSettings.WriteAsync(settings, port, password, cancel);
            var ourselves = new ServerUser(Environment.UserName, Owner: null, Prefix: []);
            var server = SupervisedProcess.Start(ourselves, "/dev/null", StopPatience, [program, settings]);
            if (await AnswersAsync(server, port, cancel))
                return new PrivateRedis(server, port, password);
            await server.DisposeAsync();
            return null;
        }
        finally
        {
            File.Delete(settings); // Read once, at the start.
        }
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static string? FindProgram() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, Program))
            .FirstOrDefault(File.Exists);

    private static async Task<bool> AnswersAsync(SupervisedProcess server, int port, CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(StartPatience);
        try
        {
            while (!server.HasExited)
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                try
                {
                    await socket.ConnectAsync(IPAddress.Loopback, port, patience.Token);
                    return true;
                }
                catch (SocketException)
                {
                    await Task.Delay(BetweenLooks, TimeProvider.System, patience.Token);
                }
            }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
        }

        return false;
    }
}
