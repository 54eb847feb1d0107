using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Confluent.Kafka;
using Payments.Messaging.Topics;
using Payments.Standalone;

namespace IntegrationTests.Tools;

/// <summary><c>./payments broker</c>: a process that any Kafka client can use, until it is stopped.</summary>
public sealed class BrokerTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task It_has_the_topics_of_the_platform_and_a_stop_is_its_good_end()
    {
        var port = FreePorts.Find(1)[0];
        using var broker = Start("--port", $"{port}");
        try
        {
            Assert.Equal($"The broker is ready on 127.0.0.1:{port}, in memory only.", await LineOf(broker));
            using var admin = ClientOf(port);
            var found = admin.GetMetadata(Deadline);

            Assert.Equal($"127.0.0.1:{port}", $"{found.Brokers.Single().Host}:{found.Brokers.Single().Port}");
            Assert.Equal(
                PlatformTopics.All.Select(t => (t.Name, t.Partitions)).Order(),
                found.Topics.Select(t => (t.Topic, t.Partitions.Count)).Order());

            using var terminate = Process.Start("kill", ["-TERM", $"{broker.Id}"]);
            await broker.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Deadline, TestContext.Current.CancellationToken);
            Assert.Equal(0, broker.ExitCode);
        }
        finally
        {
            broker.Kill();
        }
    }

    [Fact]
    public async Task Clients_are_told_the_address_that_is_advertised()
    {
        var ports = FreePorts.Find(2);
        using var broker = Start($"--port={ports[0]}", $"--advertise=127.0.0.1:{ports[1]}");
        try
        {
            await LineOf(broker);
            using var admin = ClientOf(ports[0]);

            Assert.Equal(ports[1], Assert.Single(admin.GetMetadata(Deadline).Brokers).Port);
        }
        finally
        {
            broker.Kill();
        }
    }

    [Fact]
    public async Task A_port_in_use_and_an_argument_that_means_nothing_are_told()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        Assert.Equal(
            (2, $"The embedded broker could not start: Address already in use (port {port}; --port names another)\n"),
            await RefusalOf("--port", $"{port}"));
        Assert.Equal((2, "--port must be a whole number from 1 to 65535, not '0'.\n"), await RefusalOf("--port", "0"));
        Assert.Equal((2, "--advertise must be host:port, not 'here'.\n"), await RefusalOf("--advertise", "here"));
    }

    private static async Task<(int ExitCode, string Errors)> RefusalOf(params string[] arguments)
    {
        var (exitCode, _, errors) = await ToolProcess.RunAsync(Path.GetTempPath(), ["broker", .. arguments]);
        return (exitCode, errors);
    }

    private static Process Start(params string[] arguments) => Process.Start(new ProcessStartInfo(
        "dotnet", [Path.Combine(AppContext.BaseDirectory, "Payments.Tools.dll"), "broker", .. arguments])
    {
        RedirectStandardOutput = true,
    })!;

    private static IAdminClient ClientOf(int port) =>
        new AdminClientBuilder(new AdminClientConfig { BootstrapServers = $"127.0.0.1:{port}" }).SetLogHandler((_, _) => { }).Build();

    private static async Task<string?> LineOf(Process broker) =>
        await broker.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Deadline);
}
