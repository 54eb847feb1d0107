namespace AppHostTests;

/// <summary>The model of a machine without containers: other programs behind the same names, and nothing else that differs.</summary>
public sealed class LocalModelTests : IAsyncLifetime
{
    private static readonly string[] Hosts = ["card-processor", "console", "gateway", "payment", "saga", "wallet"];

    private readonly AppModel _containers = new();
    private readonly AppModel _programs = new() { IsLocal = true };

    public async ValueTask InitializeAsync()
    {
        await _containers.InitializeAsync();
        await _programs.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _containers.DisposeAsync();
        await _programs.DisposeAsync();
    }

    [Fact]
    public void Nothing_is_a_container()
    {
        Assert.Empty(_programs.Names<ContainerResource>());
        Assert.Superset(
            new HashSet<string> { "cache", "kafka", "postgres" }, _programs.Names<ExecutableResource>().ToHashSet());
    }

    [Fact]
    public void Every_host_waits_for_the_same()
    {
        foreach (var host in Hosts)
        {
            Assert.Equal(_containers.Waits(host), _programs.Waits(host));
        }
    }

    [Fact]
    public async Task Every_host_is_told_the_same_by_the_same_names()
    {
        foreach (var host in Hosts)
        {
            var expected = await NamesAsync(_containers, host);
            var actual = await NamesAsync(_programs, host);
            Assert.Equal(expected.Except(["Kafka__MinInSyncReplicas", "Kafka__ReplicationFactor"]), actual.Except(["Kafka__Embedded"]));
        }
    }

    private static async Task<IEnumerable<string>> NamesAsync(AppModel model, string host) =>
        (await model.EnvironmentAsync(host)).Keys
            .Where(name => name.Contains("__", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);
}
