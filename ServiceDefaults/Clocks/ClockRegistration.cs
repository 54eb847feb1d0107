using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Payments.ServiceDefaults.Configuration;

namespace Payments.ServiceDefaults.Clocks;

/// <summary>Makes the database's time the time of a host.</summary>
public static class ClockRegistration
{
    /// <summary>
    /// Whoever asks for a <see cref="TimeProvider"/> gets the time of the host's first database (see <see cref="Postgres.AddPostgres"/>);
    /// a clock of the machine that is off is said on <c>/health</c>, and far off, the host takes no part.
    /// </summary>
    /// <param name="waits">Whether the host starts only when the database has told the time.</param>
    public static WebApplicationBuilder AddDatabaseClock(this WebApplicationBuilder builder, bool waits)
    {
        var services = builder.Services;
        var local = services.Last(s => s.ServiceType == typeof(TimeProvider)).ImplementationInstance as TimeProvider
            ?? throw new InvalidOperationException("Call AddServiceDefaults first: it registers the machine's clock.");
        services.AddSingleton(new DatabaseClock(local));
        services.Replace(ServiceDescriptor.Singleton<TimeProvider>(provider => provider.GetRequiredService<DatabaseClock>()));
        services.AddHostedService(provider => ActivatorUtilities.CreateInstance<ClockMeasuring>(
            provider, provider.GetRequiredService<NpgsqlDataSource>(), waits));
        services.AddHealthChecks().AddCheck<ClockHealthCheck>("clock");
        return builder;
    }

    /// <summary>
    /// Background work of the platform, which only an instance with a right clock does (see <see cref="AddDatabaseClock"/>). What only
    /// watches and reports is an ordinary hosted service.
    /// </summary>
    public static IServiceCollection AddWorker<T>(this IServiceCollection services)
        where T : BackgroundService => services.AddWorker(provider => ActivatorUtilities.GetServiceOrCreateInstance<T>(provider));

    /// <inheritdoc cref="AddWorker{T}(IServiceCollection)"/>
    public static IServiceCollection AddWorker<T>(this IServiceCollection services, Func<IServiceProvider, T> make)
        where T : BackgroundService => services.AddSingleton<IHostedService>(
            provider => ActivatorUtilities.CreateInstance<PausableWorker>(provider, make(provider)));
}
