using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using Microsoft.Extensions.Logging;
using Payments.Broker;
using Payments.Messaging.Topics;
using Payments.Standalone;

namespace Payments.Tools.Brokers;

/// <summary><c>./payments broker</c>: the embedded broker as a process of its own.</summary>
internal static class BrokerVerb
{
    public static Command Command()
    {
        var port = new NumberOption("--port", 19092, 1, IPEndPoint.MaxPort, "where it listens");
        var advertise = new Option<DnsEndPoint?>("--advertise")
        {
            HelpName = "host:port",
            Description = "what clients are told to connect to; itself unless told. For tests with something in between.",
            CustomParser = EndPoint,
        };
        var command = new Command("broker", """
            Runs a Kafka broker that keeps everything in memory, for development and tests.

            It is on 127.0.0.1 and has the platform's topics. When it ends, all is forgotten, and the services publish again what was not
            yet consumed. Services need ConnectionStrings__kafka=127.0.0.1:<port> and Kafka__Embedded=true. Ctrl-C ends it.
            Exit code: 0 it was stopped, 2 it could not start.
            """) { port, advertise };
        command.SetAction((parsed, cancel) => RunAsync(new BrokerAddress(parsed.GetValue(port), parsed.GetValue(advertise)), cancel));
        return command;
    }

    private static async Task<int> RunAsync(BrokerAddress address, CancellationToken cancel)
    {
        using var logs = LoggerFactory.Create(logging => logging
            .SetMinimumLevel(LogLevel.Warning)
            .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace));
        using var broker = Start(address, logs);
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

    private static DnsEndPoint? EndPoint(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (text.LastIndexOf(':') is > 0 and var colon)
            return new DnsEndPoint(text[..colon], NumberOption.Parse(result, text[(colon + 1)..], "--advertise", 1, IPEndPoint.MaxPort));
        result.AddError($"--advertise must be host:port, not '{text}'.");
        return null;
    }
}
