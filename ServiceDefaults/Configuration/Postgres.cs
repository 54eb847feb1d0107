using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Npgsql;
using Payments.ServiceDefaults.Health;

namespace Payments.ServiceDefaults.Configuration;

/// <summary>The service's database.</summary>
public static class Postgres
{
    /// <summary>
    /// Registers an <see cref="NpgsqlDataSource"/> for <c>ConnectionStrings:{name}</c>, keyed by that name, and a health check. Several
    /// hosts in
    /// the connection string make it an <see cref="NpgsqlMultiHostDataSource"/>. The first one is also registered without a key, and leads
    /// to
    /// the primary, as the health check does.
    /// </summary>
    /// <param name="whenAway">What the host is without it.</param>
    /// <exception cref="InvalidOperationException">The connection string is missing.</exception>
    public static WebApplicationBuilder AddPostgres(
        this WebApplicationBuilder builder,
        string name,
        Action<NpgsqlDataSourceBuilder>? configure = null,
        HealthStatus whenAway = HealthStatus.Unhealthy)
    {
        var connectionString = builder.Configuration.GetConnectionString(name)
            ?? throw new InvalidOperationException($"No database: set ConnectionStrings:{name}.");

        builder.Services.AddKeyedSingleton(name, (services, _) =>
        {
            var source = new NpgsqlDataSourceBuilder(connectionString).UseLoggerFactory(services.GetRequiredService<ILoggerFactory>());
            source.ConnectionStringBuilder.ApplicationName ??= builder.Environment.ApplicationName;
            source.Name = name; // Of the pool, in metrics.
            source.ConfigureTracing(tracing => tracing
                .ConfigureCommandFilter(_ => IsTraced)
                .ConfigureBatchFilter(_ => IsTraced)
                .ConfigureCopyOperationFilter(_ => IsTraced));
            configure?.Invoke(source);
            return source.Build();
        });
        builder.Services.TryAddSingleton(services => Primary(services, name));
        builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
            $"postgres-{name}",
            services => new PostgresHealthCheck(Primary(services, name)),
            failureStatus: whenAway,
            tags: null));
        return builder;
    }

    // What background work asks every second is part of no trace: each command would be one of its own.
    private static bool IsTraced => Activity.Current is not null;

    private static NpgsqlDataSource Primary(IServiceProvider services, string name)
    {
        var source = services.GetRequiredKeyedService<NpgsqlDataSource>(name);
        return source is NpgsqlMultiHostDataSource hosts ? hosts.WithTargetSession(TargetSessionAttributes.Primary) : source;
    }
}
