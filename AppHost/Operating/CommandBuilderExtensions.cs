#pragma warning disable ASPIREPROCESSCOMMAND001 // Commands that run a process are new in 13.5.

using System.Text;

namespace AppHost.Operating;

/// <summary>What an operator does from the dashboard: buttons at the resources that they are about.</summary>
internal static class CommandBuilderExtensions
{
    /// <summary>Fills the running system with a believable day, as <c>./payments demo</c>.</summary>
    public static IResourceBuilder<ProjectResource> WithDemoCommand(
        this IResourceBuilder<ProjectResource> gateway, IResourceBuilder<ParameterResource> apiKey) =>
        gateway.WithProcessCommand(
            "demo",
            "Run the demo",
            async context => new ProcessCommandSpec(Script(gateway))
            {
                Arguments =
                [
                    "demo",
                    "--gateway",
                    await gateway.GetEndpoint("http").GetValueAsync(context.CancellationToken) ?? "",
                    "--key",
                    await apiKey.Resource.GetValueAsync(context.CancellationToken) ?? "",
                ],
            },
            new ProcessCommandOptions
            {
                Description = "Wallets, payments, declines, refunds and trouble, through the public API. Takes two to three minutes.",
                IconName = "PlayCircle",
                IsHighlighted = true,
            });

    /// <summary>Checks the event logs of all services for tampering, as <c>./payments verify</c>.</summary>
    public static IResourceBuilder<PostgresServerResource> WithVerifyCommand(this IResourceBuilder<PostgresServerResource> postgres) =>
        postgres.WithProcessCommand(
            "verify",
            "Verify the logs",
            async context => new ProcessCommandSpec(Script(postgres))
            {
                Arguments = ["verify"],
                EnvironmentVariables = new Dictionary<string, string>
                {
                    // By the environment: arguments are seen by everybody on the machine.
                    ["PAYMENTS_POSTGRES"] =
                        await postgres.Resource.ConnectionStringExpression.GetValueAsync(context.CancellationToken) ?? "",
                },
            },
            new ProcessCommandOptions
            {
                Description = "Names the first event that was changed, removed or inserted behind the platform's back.",
                IconName = "ShieldCheckmark",
                DisplayImmediately = true,
            });

    /// <summary>Makes a read model anew from the log, while the old one serves: through the gateway, as an operator would.</summary>
    /// <param name="of">The logs by their names in the admin API, each with the projection.</param>
    public static IResourceBuilder<ProjectResource> WithRebuildCommands(
        this IResourceBuilder<ProjectResource> gateway,
        IResourceBuilder<ParameterResource> apiKey,
        params IReadOnlyList<(string Log, string Projection)> of)
    {
        foreach (var (log, projection) in of)
        {
            gateway.WithHttpCommand(
                $"/api/admin/{log}/projections/{projection}/rebuild",
                $"Rebuild {projection}",
                endpointName: "http",
                commandName: $"rebuild-{projection.Replace('_', '-')}",
                commandOptions: new HttpCommandOptions
                {
                    Method = HttpMethod.Post,
                    PrepareRequest = context => SignAsync(context, apiKey.Resource),
                    Description = "Reads the whole log into new tables, which then take the place of the old ones.",
                    ConfirmationMessage = $"Rebuild {projection} of {log} from the log?",
                    IconName = "ArrowSync",
                });
        }

        return gateway;
    }

    private static async Task SignAsync(HttpCommandRequestContext context, ParameterResource apiKey)
    {
        var request = context.Request;
        request.Headers.Add("X-Api-Key", await apiKey.GetValueAsync(context.CancellationToken));
        request.Headers.Add("X-Operator", "aspire-dashboard");
        request.Headers.Add("Idempotency-Key", Guid.CreateVersion7(TimeProvider.System.GetUtcNow()).ToString());
        request.Content = new StringContent("""{"reason":"Asked for on the Aspire dashboard."}""", Encoding.UTF8, "application/json");
    }

    private static string Script<T>(IResourceBuilder<T> resource)
        where T : IResource =>
        Path.GetFullPath(Path.Combine(resource.ApplicationBuilder.AppHostDirectory, "..", "payments"));
}
