using System.Globalization;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AppHost.Local;

/// <summary>
/// Our own broker (decision 004) as a process: <c>Payments.Tools broker</c>. It forgets with its process, and services publish again.
/// </summary>
internal sealed class LocalBrokerResource(string name, string command, string folder)
    : ExecutableResource(name, command, folder), IResourceWithConnectionString
{
    internal const string EndpointName = "kafka";

    public EndpointReference Endpoint => new(this, EndpointName);

    public ReferenceExpression ConnectionStringExpression =>
        ReferenceExpression.Create($"{Endpoint.Property(EndpointProperty.IPV4Host)}:{Endpoint.Property(EndpointProperty.Port)}");
}

internal static class LocalBrokerBuilderExtensions
{
    public static IResourceBuilder<LocalBrokerResource> AddLocalBroker(
        this IDistributedApplicationBuilder builder, [ResourceName] string name)
    {
        var broker = new LocalBrokerResource(name, LocalTools.Command, builder.AppHostDirectory);
        var check = $"{name}_check";
        builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
            check, _ => new AnswersCheck(broker), failureStatus: HealthStatus.Unhealthy, tags: null));
        return builder.AddResource(broker)
            .WithIconName("MailMultiple")
            .WithEndpoint(name: LocalBrokerResource.EndpointName, scheme: "tcp")
            .WithArgs(context =>
            {
                context.Args.Add(LocalTools.Program);
                context.Args.Add("broker");
                context.Args.Add("--port");
                context.Args.Add(broker.Endpoint.Property(EndpointProperty.TargetPort));

                // Clients come by the orchestrator's port, and must come back by it.
                context.Args.Add("--advertise");
                context.Args.Add(broker.ConnectionStringExpression);
            })
            .WithHealthCheck(check);
    }

    // The orchestrator holds the port, so that it is open says nothing. Whoever answers ApiVersions 0 speaks Kafka.
    private sealed class AnswersCheck(LocalBrokerResource broker) : IHealthCheck
    {
        private static readonly byte[] ApiVersions = [0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 0xff, 0xff];

        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(TimeSpan.FromSeconds(2));
            try
            {
                var address = (await broker.ConnectionStringExpression.GetValueAsync(patience.Token))!.Split(':');
                using var client = new TcpClient();
                await client.ConnectAsync(address[0], int.Parse(address[1], CultureInfo.InvariantCulture), patience.Token);
                await using var stream = client.GetStream();
                await stream.WriteAsync(ApiVersions, patience.Token);
                await stream.ReadExactlyAsync(new byte[8], patience.Token);
                return HealthCheckResult.Healthy();
            }
            catch (Exception notYet) when (
                notYet is SocketException or IOException or InvalidOperationException
                || notYet is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            {
                return HealthCheckResult.Unhealthy($"It does not answer: {notYet.Message}");
            }
        }
    }
}
