[assembly: HostingStartup(typeof(Payments.Standalone.HostedInStandalone))]

namespace Payments.Standalone;

/// <summary>
/// What differs for a host that is one of several in a process: it leaves the signals alone. Otherwise each of them would begin to stop
/// by itself at Ctrl-C, and a host that stops because of a fault could not be told from one that was asked to.
/// </summary>
internal sealed class HostedInStandalone : IHostingStartup
{
    public void Configure(IWebHostBuilder builder) =>
        builder.ConfigureServices(services => services.AddSingleton<IHostLifetime, NoLifetime>());

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
