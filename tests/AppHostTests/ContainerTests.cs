using Microsoft.Extensions.Configuration;

namespace AppHostTests;

/// <summary>The same with containers, where an engine answers.</summary>
public sealed class ContainerTests
{
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromMinutes(10); // The first run pulls images.

    [Fact]
    public async Task Every_resource_gets_healthy_in_containers()
    {
        Assert.SkipUnless(AppHost.Local.ContainerEngine.Answers(new ConfigurationManager()), "No container engine answers.");
        var cancel = TestContext.Current.CancellationToken;
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(["--Local=false"], cancel);
        await using var app = await builder.BuildAsync(cancel);
        await app.StartAsync(cancel);

        foreach (var resource in (string[])["gateway", "console", "prometheus", "grafana", "kafka-console"])
        {
            await app.ResourceNotifications.WaitForResourceHealthyAsync(resource, cancel).WaitAsync(ReadyWithin, cancel);
        }
    }
}
