using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Hosting;

namespace AppHost.Operating;

/// <summary>What an operator orders over the gateway's admin API, as buttons of the dashboard. Each order is in the audit trail.</summary>
internal static class AdminCommands
{
    private const string Reason = "Asked for on the Aspire dashboard.";
    private const int FailureSeconds = 60;

    /// <summary>Makes a read model anew from the log, while the old one serves.</summary>
    /// <param name="of">The logs by their names in the admin API, each with the projection.</param>
    public static IResourceBuilder<ProjectResource> WithRebuildCommands(
        this IResourceBuilder<ProjectResource> gateway, IResourceBuilder<ParameterResource> apiKey,
        params IReadOnlyList<(string Log, string Projection)> of)
    {
        foreach (var (log, projection) in of)
        {
            gateway.WithAdminCommand(
                apiKey,
                $"/api/admin/{log}/projections/{projection}/rebuild",
                $"rebuild-{projection.Replace('_', '-')}",
                new HttpCommandOptions
                {
                    Description =
                        "Reads the whole log into new tables, which then take the place of the old ones. The console shows how far it is.",
                    ConfirmationMessage = $"Rebuild {projection} of {log} from the log?",
                    IconName = "ArrowSync",
                },
                $"Rebuild {projection}");
        }

        return gateway;
    }

    /// <summary>Holds what comes to a service over Kafka, and lets it go on: what waits is seen as lag, and nothing is lost.</summary>
    public static IResourceBuilder<ProjectResource> WithConsumerCommands(
        this IResourceBuilder<ProjectResource> gateway, IResourceBuilder<ParameterResource> apiKey, params IReadOnlyList<string> logs)
    {
        foreach (var log in logs)
        {
            gateway
                .WithAdminCommand(apiKey, $"/api/admin/{log}/consumers/pause", $"pause-{log}",
                    new HttpCommandOptions
                    {
                        Description = "Its consumer stops within two seconds, on all instances, until somebody resumes it.",
                        ConfirmationMessage = $"Pause the consumer of {log}?",
                        IconName = "Pause",
                    },
                    $"Pause consumer of {log}")
                .WithAdminCommand(apiKey, $"/api/admin/{log}/consumers/resume", $"resume-{log}",
                    new HttpCommandOptions { Description = "What waited is handled first.", IconName = "Play" },
                    $"Resume consumer of {log}");
        }

        return gateway;
    }

    /// <summary>In development: the wallet service fails for one key for a minute, so that there is a dead letter to look at.</summary>
    public static IResourceBuilder<ProjectResource> WithFailureCommand(
        this IResourceBuilder<ProjectResource> gateway, IResourceBuilder<ParameterResource> apiKey)
    {
        if (!gateway.ApplicationBuilder.Environment.IsDevelopment())
        {
            return gateway;
        }

        return gateway.WithAdminCommand(apiKey, "/api/admin/wallets/planted-failures", "plant-failure",
            new HttpCommandOptions
            {
                Method = HttpMethod.Put,
                Description = "The wallet service fails for the messages of one key, as a bug would make it, for a minute.",
                IconName = "Bug",
                Arguments =
                [
                    new InteractionInput
                    {
                        Name = "key", Label = "Kafka key", InputType = InputType.Text, Required = true, Placeholder = "wallet/<wallet id>",
                    },
                ],
            },
            "Plant a failure",
            arguments => new { routingKey = arguments.GetString("key"), seconds = FailureSeconds });
    }

    private static IResourceBuilder<ProjectResource> WithAdminCommand(
        this IResourceBuilder<ProjectResource> gateway, IResourceBuilder<ParameterResource> apiKey, string path, string name,
        HttpCommandOptions options, string label, Func<InteractionInputCollection, object>? body = null)
    {
        options.Method ??= HttpMethod.Post;
        options.ResultMode = HttpCommandResultMode.Auto;   // The answer, or the problem that names what is wrong.
        options.PrepareRequest = async context =>
        {
            var request = context.Request;
            request.Headers.Add("X-Api-Key", await apiKey.Resource.GetValueAsync(context.CancellationToken));
            request.Headers.Add("X-Operator", "aspire-dashboard");
            request.Headers.Add("Idempotency-Key", Guid.CreateVersion7(TimeProvider.System.GetUtcNow()).ToString());
            request.Content = new StringContent(
                JsonSerializer.Serialize(body?.Invoke(context.Arguments) ?? new { reason = Reason }), Encoding.UTF8, "application/json");
        };
        return gateway.WithHttpCommand(path, label, endpointName: "http", commandName: name, commandOptions: options);
    }
}
