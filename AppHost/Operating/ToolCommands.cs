#pragma warning disable ASPIREPROCESSCOMMAND001 // Commands that run a process are for evaluation.

using AppHost.Local;

namespace AppHost.Operating;

/// <summary>Verbs of <c>./payments</c> as buttons of the dashboard, which shows what they print.</summary>
internal static class ToolCommands
{
    /// <summary>Fills the running system with a believable day, as <c>./payments demo</c>.</summary>
    public static IResourceBuilder<ProjectResource> WithDemoCommand(
        this IResourceBuilder<ProjectResource> gateway, IResourceBuilder<ParameterResource> apiKey) =>
        gateway.WithProcessCommand(
            "demo",
            "Run the demo",
            async context => new ProcessCommandSpec(LocalTools.Command)
            {
                Arguments =
                [
                    LocalTools.Program,
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
                Progress = new CommandProgressOptions { Message = "Filling the platform with a day of traffic: two to three minutes." },
                DisplayImmediately = true,
            });

    /// <summary>Checks the event logs of all services for tampering, as <c>./payments verify</c>.</summary>
    public static IResourceBuilder<T> WithVerifyCommand<T>(this IResourceBuilder<T> postgres)
        where T : IResourceWithConnectionString =>
        postgres.WithProcessCommand(
            "verify",
            "Verify the logs",
            async context => new ProcessCommandSpec(LocalTools.Command)
            {
                Arguments = [LocalTools.Program, "verify"],
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
                Progress = new CommandProgressOptions { Message = "Reading the logs of all services." },
                DisplayImmediately = true,
            });
}
