using Microsoft.Extensions.Logging.Abstractions;

namespace AppHostTests;

/// <summary>The AppHost's model, built and looked at, never started: no container engine is needed.</summary>
public sealed class AppModel : IAsyncLifetime
{
    private IDistributedApplicationTestingBuilder _builder = null!;

    /// <summary>On programs of the machine, in place of containers.</summary>
    public bool IsLocal { get; init; }

    public async ValueTask InitializeAsync() =>
        _builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>([$"--Local={IsLocal}"]);

    public ValueTask DisposeAsync() => _builder.DisposeAsync();

    public IEnumerable<string> Names<TResource>()
        where TResource : IResource => _builder.Resources.OfType<TResource>().Select(r => r.Name).Order(StringComparer.Ordinal);

    public TResource Resource<TResource>(string name)
        where TResource : IResource => _builder.Resources.OfType<TResource>().Single(r => r.Name == name);

    /// <summary>The names of what a resource waits for until it is healthy.</summary>
    public IEnumerable<string> Waits(string name) =>
        Resource<IResource>(name).Annotations.OfType<WaitAnnotation>()
            .Where(w => w.WaitType == WaitType.WaitUntilHealthy)
            .Select(w => w.Resource.Name)
            .Order(StringComparer.Ordinal);

    /// <summary>What a project would be told by its environment, with manifest expressions in place of values.</summary>
    public Task<IReadOnlyDictionary<string, string>> EnvironmentAsync(string name) => EnvironmentAsync(name, Publish);

    /// <summary>What a project or container would be told by its environment.</summary>
    public async Task<IReadOnlyDictionary<string, string>> EnvironmentAsync(string name, DistributedApplicationExecutionContext context)
    {
        var configuration = await ExecutionConfigurationBuilder.Create(Resource<IResource>(name))
            .WithEnvironmentVariablesConfig()
            .BuildAsync(context, NullLogger.Instance, TestContext.Current.CancellationToken);
        return configuration.EnvironmentVariables.ToDictionary(v => v.Key, v => v.Value);
    }

    /// <summary>The arguments of a container, when run or when published.</summary>
    public async Task<IReadOnlyList<string>> ArgumentsAsync(IResource container, DistributedApplicationExecutionContext context)
    {
        var configuration = await ExecutionConfigurationBuilder.Create(container)
            .WithArgumentsConfig()
            .BuildAsync(context, NullLogger.Instance, TestContext.Current.CancellationToken);
        return [.. configuration.Arguments.Select(a => a.Value)];
    }

    public static DistributedApplicationExecutionContext Run => new(DistributedApplicationOperation.Run);

    public static DistributedApplicationExecutionContext Publish => new(DistributedApplicationOperation.Publish);
}
