namespace IntegrationTests.WholeSystem;

/// <summary>One platform for all tests of the API that leave it as they found it, apart from wallets and payments of their own.</summary>
public sealed class PlatformFixture(PostgresFixture postgres) : IAsyncLifetime
{
    private Platform? _platform;

    internal Platform Platform => _platform!;

    internal Api Api { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _platform = await Platform.StartAsync(await Databases.CreateAsync(postgres));
        Api = new Api(_platform.Gateway);
    }

    public async ValueTask DisposeAsync()
    {
        Api?.Dispose();
        if (_platform is not null)
        {
            await _platform.DisposeAsync();
        }
    }
}
