using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Npgsql;
using Payments.EventStore.Aggregates;
using Payments.EventStore.Contract;
using Payments.EventStore.Postgres;
using Payments.EventStore.Subscriptions;
using Payments.Operations.Invariants.ProjectionChecks;

namespace Payments.Operations.Invariants;

/// <summary>Wires the monitor of a service.</summary>
public static class InvariantRegistration
{
    /// <summary>Adds the monitor and what every service has to look at: that its log is relayed and consumed.</summary>
    /// <param name="log">The name of the service's log.</param>
    /// <exception cref="InvalidOperationException">The configuration is out of its bounds.</exception>
    public static WebApplicationBuilder AddInvariants(this WebApplicationBuilder builder, string log)
    {
        var options = builder.Configuration.GetSection(InvariantOptions.Section).Get<InvariantOptions>() ?? new InvariantOptions();
        if (!InvariantOptions.IsValid(options))
        {
            throw new InvalidOperationException($"The settings in '{InvariantOptions.Section}' are out of bounds: {options}.");
        }

        var services = builder.Services;
        services.AddSingleton(options);
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, AlertJson.Default));
        services.AddSingleton<InvariantStore>();
        services.AddSingleton<InvariantLook>();
        services.AddSingleton(provider => new InvariantBoard(log, provider.GetServices<Invariant>()));
        services.AddHostedService(provider => ActivatorUtilities.CreateInstance<InvariantMonitor>(
            provider,
            new PostgresLeadership(
                provider.GetRequiredService<LogDatabase>().RequireDirect("The monitor's lock"),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<PostgresLeadership>>())));
        builder.AddInvariant(LogsGoOn.Name, provider => ActivatorUtilities.CreateInstance<LogsGoOn>(provider).Invariant);
        builder.AddInvariant(ProjectionsTakeEveryEvent.Name, provider => new ProjectionsTakeEveryEvent(
            provider.GetRequiredService<NpgsqlDataSource>()).Invariant);
        return builder.AddInvariant(ReadersKeepUp.Name, provider => new ReadersKeepUp(
            provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<IEventStore>(), options).Invariant);
    }

    /// <summary>Adds the audit of a table of the service's aggregate: its rows are the fold of their events.</summary>
    public static WebApplicationBuilder AddProjectionCheck<TState, TEvent>(this WebApplicationBuilder builder, CheckedTable table)
        where TState : class => builder.AddInvariant(table.InvariantName, provider => new ProjectionCheck<TState, TEvent>(
            provider.GetRequiredService<IEventStore>(),
            provider.GetRequiredService<NpgsqlDataSource>(),
            provider.GetRequiredService<AggregateDefinition<TState, TEvent>>(),
            table,
            provider.GetRequiredService<InvariantOptions>()).Invariant);

    /// <summary>Adds something to look at, with a health check of its own that names it.</summary>
    /// <param name="name">The invariant's own name.</param>
    public static WebApplicationBuilder AddInvariant(
        this WebApplicationBuilder builder, string name, Func<IServiceProvider, Invariant> make)
    {
        builder.Services.AddSingleton(make);
        builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
            $"invariant-{name}",
            provider => new InvariantHealthCheck(provider.GetRequiredService<InvariantBoard>(), name),
            failureStatus: HealthStatus.Degraded,
            tags: null));
        return builder;
    }
}
