using System.Globalization;
using System.Net;
using Microsoft.Extensions.Logging;
using Payments.Broker;
using Payments.Messaging.Topics;
using Payments.Standalone;

namespace Payments.Tools.Brokers;

/// <summary><c>./payments broker</c>: the embedded broker as a process of its own.</summary>
internal static class BrokerVerb
{
    public const string Usage = """
        Usage: ./payments broker [--port <number>] [--advertise <host:port>]

        A Kafka broker on 127.0.0.1 that has the platform's topics, for development and tests. It keeps everything in memory: when it ends,
        all is forgotten, and the services publish again what was not yet consumed. Services need
        ConnectionStrings__kafka=127.0.0.1:<port> and Kafka__Embedded=true. Ctrl-C ends it.
        Exit code: 0 it was stopped, 2 it could not start.

          --port <number>          19092 unless told
          --advertise <host:port>  what clients are told to connect to; itself unless told. For tests with something in between.

        """;

    private const int PortDefault = 19092;

    public static async Task<int> RunAsync(IReadOnlyList<string> given, CancellationToken cancel)
    {
        var arguments = new Arguments(given, ["--port", "--advertise"], []);
        var port = arguments.Text("--port") is { } text ? Port("--port", text) : PortDefault;
        var told = arguments.Text("--advertise") is { } address ? EndPoint(address) : null;

        using var logs = LoggerFactory.Create(logging => logging
            .SetMinimumLevel(LogLevel.Warning)
            .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace));
        using var broker = Start(new BrokerAddress(port, told), logs);
        System.Console.WriteLine($"The broker is ready on {broker.BootstrapServers}, in memory only.");
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return ExitCodes.Well;
    }

    private static EmbeddedBroker Start(BrokerAddress address, ILoggerFactory logs)
    {
        try
        {
            return EmbeddedBroker.Start(PlatformTopics.All, log: logs.CreateLogger<EmbeddedBroker>(), address: address);
        }
        catch (EmbeddedBrokerException obstacle)
        {
            throw new CannotStartException($"{obstacle.Message} (port {address.Port}; --port names another)", obstacle);
        }
    }

    private static DnsEndPoint EndPoint(string text) => text.LastIndexOf(':') is > 0 and var colon
        ? new DnsEndPoint(text[..colon], Port("--advertise", text[(colon + 1)..]))
        : throw new BadArgumentException($"--advertise must be host:port, not '{text}'.");

    private static int Port(string name, string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is >= 1 and <= IPEndPoint.MaxPort
            ? port
            : throw new BadArgumentException($"{name}: '{text}' is no port; a number from 1 to {IPEndPoint.MaxPort} is wanted.");
}
