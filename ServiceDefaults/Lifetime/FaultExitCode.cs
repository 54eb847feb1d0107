using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Payments.ServiceDefaults.Lifetime;

/// <summary>
/// A host that stops because background work of its own has failed makes the process end with exit code 1, so that a supervisor starts it
/// again and a person hears of it. By itself .NET stops such a host as if it had been asked to, with exit code 0.
/// </summary>
internal sealed class FaultExitCode(IServiceProvider services, IHostApplicationLifetime lifetime) : IHostedService
{
    /// <summary>What the process ends with.</summary>
    public const int Code = 1;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStopping.Register(() =>
        {
            if (services.GetServices<IHostedService>().OfType<BackgroundService>().Any(s => s.ExecuteTask is { IsFaulted: true }))
            {
                Environment.ExitCode = Code;
            }
        });
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
