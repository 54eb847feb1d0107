using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Payments.EventStore.Aggregates;
using Payments.EventStore.Contract;
using Payments.EventStore.Postgres;
using Payments.EventStore.Projections;
using Payments.EventStore.Subscriptions;
using Payments.ServiceDefaults.Clocks;
using Payments.ServiceDefaults.Configuration;

namespace Payments.Hosting;

/// <summary>A service's log, what is folded from it, and the tables that are written from it.</summary>
public static class EventStoreRegistration
{
    internal static void AddEventStore(this WebApplicationBuilder builder, string database)
    {
        var services = builder.Services;
        var direct = $"{database}-direct";
        var throughPooler = builder.Configuration.GetConnectionString(direct) is not null;
        builder.AddPostgres(database, source => ConnectionDefaults.Apply(source.ConnectionStringBuilder, throughPooler));
        if (throughPooler)
        {
            builder.AddPostgres(direct, source => ConnectionDefaults.Apply(source.ConnectionStringBuilder, throughPooler: false));
        }

        builder.AddDatabaseClock(waits: true);
        services.Insert(0, ServiceDescriptor.Singleton<IExceptionHandler, StoreProblems>()); // Asked before the handler for everything.
        services.AddSingleton(provider => new LogDatabase(
            provider.GetRequiredKeyedService<NpgsqlDataSource>(database), provider.GetKeyedService<NpgsqlDataSource>(direct)));
        services.AddSingleton<ReplicaReads>();
        services.AddSingleton<IEventStore>(provider => new PostgresEventStore(
            database,
            provider.GetRequiredService<LogDatabase>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<PostgresEventStore>>(),
            provider.GetService<IAnsweredCommands>()));
        services.AddHostedService<AppendWatch>();
        services.AddSingleton<ILeadership>(provider => ActivatorUtilities.CreateInstance<PostgresLeadership>(
            provider, provider.GetRequiredService<LogDatabase>().RequireDirect("The retry worker's lock")));
    }

    internal static void AddAggregate<TState, TEvent>(this WebApplicationBuilder builder, AggregateDefinition<TState, TEvent> aggregate)
        where TState : class
    {
        builder.Services.AddSingleton(aggregate);
        builder.Services.AddSingleton(provider => new Aggregates<TState, TEvent>(
            provider.GetRequiredService<IEventStore>(), aggregate, provider.GetRequiredService<ILogger<Aggregates<TState, TEvent>>>()));
        builder.Services.AddSingleton<CommandHandler<TState, TEvent>>();
    }

    internal static void AddProjections(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ProjectionControl>();
        builder.Services.AddWorker(provider => ActivatorUtilities.CreateInstance<ProjectionHost>(
            provider, provider.GetRequiredService<LogDatabase>().RequireDirect("A projection's lock"), () => new Random()));
    }

    /// <summary>A read model that is written after the events.</summary>
    public static void AddProjection(this WebApplicationBuilder builder, AsynchronousProjection projection) =>
        builder.Services.AddSingleton<ProjectionDefinition>(projection);

    /// <summary>Makes the tables that are written with the events known, so that they can be rebuilt.</summary>
    public static void AddInlineProjection(this WebApplicationBuilder builder, Func<IEventStore, InlineProjection> projection) =>
        builder.Services.AddSingleton<ProjectionDefinition>(provider => projection(provider.GetRequiredService<IEventStore>()));
}
