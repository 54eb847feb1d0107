using IntegrationTests.WholeSystem;

namespace IntegrationTests.Chaos;

/// <summary>
/// One deployment for all chaos tests, started when the first asks for it: each leaves it whole, or the next one gets another, with
/// databases of its own.
/// </summary>
public sealed class ChaosStage : IAsyncDisposable
{
    private readonly ChaosPostgres _postgres = new();
    private Deployment? _deployment;
    private Api? _api;
    private Load? _load;

    /// <summary>All that runs, healthy, and the callers with their wallets.</summary>
    internal async Task<(Deployment Deployment, Load Load)> ReadyAsync()
    {
        if (_load is null)
        {
            await ClearAsync();
            await _postgres.EnsureRunningAsync();
            _deployment = await Deployment.StartAsync(_postgres);
            _api = new Api(_deployment.Gateway);
            _load = await Load.PrepareAsync(_api);
        }

        return (_deployment!, _load);
    }

    /// <summary>After a failure: ends everything that runs on the databases.</summary>
    public async Task ClearAsync()
    {
        _api?.Dispose();
        if (_deployment is not null)
        {
            await _deployment.DisposeAsync();
        }

        (_deployment, _api, _load) = (null, null, null);
    }

    public async ValueTask DisposeAsync()
    {
        await ClearAsync();
        await _postgres.DisposeAsync();
    }
}
