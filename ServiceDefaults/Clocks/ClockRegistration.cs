using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;

namespace Payments.ServiceDefaults;

/// <summary>Makes the database's time the time of a host.</summary>
public static class ClockRegistration
{
    /// <summary>
    /// Whoever asks for a <see cref="TimeProvider"/> gets the time of the host's first database (see <see cref="Postgres.AddPostgres"/>);
    /// a clock of the machine that is off is said on <c>/health</c>, and far off, the host takes no part.
    /// </summary>
    /// <param name="waits">Whether the host starts only when the database has told the time.</param>
    /// <param name="stays">Background services that go on while the host takes no part.</param>
    public static WebApplicationBuilder AddDatabaseClock(
        this WebApplicationBuilder builder, bool waits, params IReadOnlyList<Type> stays)
    {
        var services = builder.Services;
        var local = services.Last(s => s.ServiceType == typeof(TimeProvider)).ImplementationInstance as TimeProvider
            ?? throw new InvalidOperationException("Call AddServiceDefaults first: it registers the machine's clock.");
        services.AddSingleton(new DatabaseClock(local));
        services.Replace(ServiceDescriptor.Singleton<TimeProvider>(provider => provider.GetRequiredService<DatabaseClock>()));
        services.AddHostedService(provider => ActivatorUtilities.CreateInstance<ClockMeasuring>(
            provider, provider.GetRequiredService<NpgsqlDataSource>(), waits));
        services.AddHostedService(provider => ActivatorUtilities.CreateInstance<WorkersPause>(
            provider, (IReadOnlySet<Type>)stays.ToHashSet()));
        services.AddHealthChecks().AddCheck<ClockHealthCheck>("clock");
        return builder;
    }
}
