using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Payments.EventStore;
using Payments.EventStore.Aggregates;
using Payments.EventStore.Partitions;
using Payments.EventStore.Postgres;
using Payments.EventStore.Projections;
using Payments.EventStore.Sealing;
using Payments.EventStore.Subscriptions;
using Payments.Messaging;
using Payments.Messaging.Consuming;
using Payments.Messaging.Lineages;
using Payments.Messaging.Parking;
using Payments.Messaging.Relay;
using Payments.ServiceDefaults;
using Payments.Services.Audit;
using Payments.Services.Capsules;
using Payments.Services.Clocks;
using Payments.Services.Consumers;
using Payments.Services.DeadLetters;
using Payments.Services.EventReplays;
using Payments.Services.Events;
using Payments.Services.Failures;
using Payments.Services.FourEyes;
using Payments.Services.Invariants;
using Payments.Services.Metrics;
using Payments.Services.Projections;
using Payments.Services.Settings;

namespace Payments.Services;

/// <summary>Wires an event-sourced service: its database, its log, its relay, its aggregate and the consumer that commands it.</summary>
public static class ServiceRegistration
{
    /// <param name="database">
    /// The connection string's name, and the name of the log. Where that one leads through a pooler in transaction mode, a second one,
    /// with <c>-direct</c> after its name, leads to the server itself.
    /// </param>
    /// <param name="sqlFiles">The assembly that embeds the service's own SQL files.</param>
    public static WebApplicationBuilder AddEventSourcedService<TState, TEvent>(
        this WebApplicationBuilder builder,
        string database,
        AggregateDefinition<TState, TEvent> aggregate,
        ConsumerDefinition<TState, TEvent> consumer,
        Assembly sqlFiles)
        where TState : class
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
        var (kafka, retries) = (Kafka(builder.Configuration), Retries(builder.Configuration));
        services.AddSingleton(kafka);
        services.AddSingleton<KafkaClientFactory>();
        services.AddSingleton<KafkaHealthCheck>();
        services.AddHealthChecks().AddCheck<KafkaHealthCheck>("kafka", HealthStatus.Degraded);
        services.AddSingleton(new SplitSwitch(SplitSetting.Read(builder.Configuration)));
        services.AddHostedService<SplitSetting>();
        services.AddSingleton<TopicCreator>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<TopicKeeper>(provider, Topics.All));
        services.AddSingleton<RelayHealthCheck>();
        services.AddHealthChecks().AddCheck<RelayHealthCheck>("relay", HealthStatus.Degraded);
        services.AddSingleton(provider => new LogDatabase(
            provider.GetRequiredKeyedService<NpgsqlDataSource>(database), provider.GetKeyedService<NpgsqlDataSource>(direct)));
        services.AddSingleton<ReplicaReads>();
        services.AddEventSearch();
        services.AddSingleton<IEventStore>(provider => new PostgresEventStore(
            database,
            provider.GetRequiredService<LogDatabase>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<PostgresEventStore>>(),
            provider.GetService<IAnsweredCommands>()));
        services.AddHostedService<AppendWatch>();
        services.AddSingleton(aggregate);
        if (builder.Environment.IsDevelopment())
        {
            services.AddSingleton<PlantedFailures>();
            services.AddSingleton(provider => WithPlantedFailures(consumer, provider.GetRequiredService<PlantedFailures>()));
            services.ConfigureHttpJsonOptions(o => o.SerializerOptions.TypeInfoResolverChain.Add(PlantedFailureJson.Default));
        }
        else
        {
            services.AddSingleton(consumer);
        }

        services.AddSingleton(provider => new Aggregates<TState, TEvent>(
            provider.GetRequiredService<IEventStore>(), aggregate, provider.GetRequiredService<ILogger<Aggregates<TState, TEvent>>>()));
        services.AddSingleton<CommandHandler<TState, TEvent>>();
        services.AddHostedService(provider => ActivatorUtilities.CreateInstance<StartUp>(provider, database, sqlFiles));
        services.AddHostedService(provider => provider.GetRequiredService<TopicKeeper>());
        services.AddWorker(provider => ActivatorUtilities.CreateInstance<OutboxRelay>(
            provider, provider.GetRequiredService<LogDatabase>().RequireDirect("The relay's lock")));
        services.AddSingleton(new RetryPolicy(retries, new Random()));
        services.AddSingleton<IParkedMessages>(provider => new PostgresParkedMessages(provider.GetRequiredService<LogDatabase>().Primary));
        services.AddSingleton<ISourceLineages>(provider => new PostgresSourceLineages(provider.GetRequiredService<LogDatabase>().Primary));
        services.AddSingleton<ILeadership>(provider => ActivatorUtilities.CreateInstance<PostgresLeadership>(
            provider, provider.GetRequiredService<LogDatabase>().RequireDirect("The retry worker's lock")));
        builder.AddConsumerStatus(consumer.Name);
        builder.ShowSharedSettings(retries, kafka);
        services.AddWorker<BatchConsumer<TState, TEvent>>();
        services.AddWorker<RetryWorker<TState, TEvent>>();
        services.AddWorker(provider => ActivatorUtilities.CreateInstance<DeadLetterCopier>(
            provider, provider.GetRequiredService<LogDatabase>().Primary));
        builder.AddAudit();
        builder.AddFourEyes();
        builder.AddDeadLetters<TState, TEvent>(consumer.Name);
        OtherHistories.Add(builder, database);
        services.AddPartitionKeeper(database);
        services.AddSingleton<ProjectionControl>();
        services.AddSingleton<OrderProjection>();
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, ProjectionJson.Default));
        services.AddWorker(provider => ActivatorUtilities.CreateInstance<ProjectionHost>(
            provider, provider.GetRequiredService<LogDatabase>().RequireDirect("A projection's lock"), () => new Random()));
        services.AddSingleton(provider => new Sealer(
            database,
            provider.GetRequiredService<LogDatabase>().RequireDirect("The sealer's lock"),
            SealLimits.Standard,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<Sealer>>()));
        services.AddWorker(provider => provider.GetRequiredService<Sealer>());
        services.AddSingleton<ClockReports>();
        services.AddHostedService(provider => provider.GetRequiredService<ClockReports>());
        services.AddHealthChecks().AddCheck<ClockReports>("log-time");
        return builder.AddEventReplays().AddInvariants(database).AddLogGauges()
            .AddInvariant(ClocksAgree.Name, provider => new ClocksAgree(provider.GetRequiredService<NpgsqlDataSource>()).Invariant);
    }

    /// <summary>A read model that is written after the events.</summary>
    public static void AddProjection(this WebApplicationBuilder builder, AsynchronousProjection projection) =>
        builder.Services.AddSingleton<ProjectionDefinition>(projection);

    /// <summary>Makes the tables that are written with the events known, so that they can be rebuilt.</summary>
    public static void AddInlineProjection(this WebApplicationBuilder builder, Func<IEventStore, InlineProjection> projection) =>
        builder.Services.AddSingleton<ProjectionDefinition>(provider => projection(provider.GetRequiredService<IEventStore>()));

    private static ConsumerDefinition<TState, TEvent> WithPlantedFailures<TState, TEvent>(
        ConsumerDefinition<TState, TEvent> consumer, PlantedFailures planted)
        where TState : class => consumer with
        {
            Interpret = message =>
            {
                planted.ThrowIfPlanted(message);
                return consumer.Interpret(message);
            },
        };

    private static RetryOptions Retries(ConfigurationManager configuration)
    {
        var options = configuration.GetSection("Retries").Get<RetryOptions>() ?? new RetryOptions();
        return options.Problems() is { Count: > 0 } problems ? throw new InvalidOperationException(string.Join(' ', problems)) : options;
    }

    private static KafkaOptions Kafka(ConfigurationManager configuration)
    {
        var servers = configuration.GetConnectionString("kafka")
            ?? throw new InvalidOperationException("No broker: set ConnectionStrings:kafka to host:port, … of Kafka or Redpanda.");
        var section = configuration.GetSection("Kafka");
        var defaults = new KafkaOptions { BootstrapServers = servers };
        var options = defaults with
        {
            Embedded = section.GetValue("Embedded", defaults.Embedded),
            TopicPrefix = section.GetValue("TopicPrefix", defaults.TopicPrefix),
            LingerMs = section.GetValue("LingerMs", defaults.LingerMs),
            SessionTimeoutMs = section.GetValue("SessionTimeoutMs", defaults.SessionTimeoutMs),
            PrefetchKbMax = section.GetValue("PrefetchKbMax", defaults.PrefetchKbMax),
            StartTimeoutMs = section.GetValue("StartTimeoutMs", defaults.StartTimeoutMs),
            ReplicationFactor = section.GetValue("ReplicationFactor", defaults.ReplicationFactor),
            MinInSyncReplicas = section.GetValue("MinInSyncReplicas", defaults.MinInSyncReplicas),
            ClientProperties = section.GetSection("ClientProperties").Get<Dictionary<string, string>>() ?? [],
        };
        return options.Problems() is { Count: > 0 } problems ? throw new InvalidOperationException(string.Join(' ', problems)) : options;
    }
}
