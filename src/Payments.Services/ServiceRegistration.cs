using System.Data.Common;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Payments.EventStore;
using Payments.EventStore.Aggregates;
using Payments.EventStore.Postgres;
using Payments.Messaging;
using Payments.Messaging.Consuming;
using Payments.Messaging.Relay;
using Payments.ServiceDefaults;

namespace Payments.Services;

/// <summary>Wires an event-sourced service: its database, its log, its relay, its aggregate and the consumer that commands it.</summary>
public static class ServiceRegistration
{
    /// <summary>Prepared statements kept per connection. A connection string that says otherwise wins (PgBouncer before 1.21 needs 0).</summary>
    private const int StatementsPreparedMax = 40;

    /// <summary>Connections of one instance at most. Appends share one; the rest serve reads, which are short: more would only queue in the server.</summary>
    private const int ConnectionsMax = 40;

    /// <param name="database">The connection string's name, and the name of the log.</param>
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
        builder.AddPostgres(database, source => SetDefaults(source.ConnectionStringBuilder));
        services.Insert(0, ServiceDescriptor.Singleton<IExceptionHandler, StoreProblems>()); // Asked before the handler for everything.
        services.AddSingleton(Kafka(builder.Configuration));
        services.AddSingleton<KafkaClientFactory>();
        services.AddSingleton<TopicCreator>();
        services.AddSingleton<IEventStore>(provider => new PostgresEventStore(
            database,
            provider.GetRequiredService<NpgsqlDataSource>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<PostgresEventStore>>()));
        services.AddSingleton(aggregate);
        services.AddSingleton(consumer);
        services.AddSingleton(provider => new Aggregates<TState, TEvent>(provider.GetRequiredService<IEventStore>(), aggregate));
        services.AddSingleton<CommandHandler<TState, TEvent>>();
        services.AddHostedService(provider => ActivatorUtilities.CreateInstance<StartUp>(provider, database, sqlFiles));
        services.AddHostedService<OutboxRelay>();
        services.AddHostedService<BatchConsumer<TState, TEvent>>();
        services.AddHostedService<ClaimCleaner>();
        return builder;
    }

    // Only what the connection string leaves open.
    private static void SetDefaults(NpgsqlConnectionStringBuilder settings)
    {
        var given = new DbConnectionStringBuilder { ConnectionString = settings.ConnectionString };
        if (!given.ContainsKey("Max Auto Prepare"))
        {
            settings.MaxAutoPrepare = StatementsPreparedMax;
        }

        if (!given.ContainsKey("Maximum Pool Size"))
        {
            settings.MaxPoolSize = Math.Max(ConnectionsMax, settings.MinPoolSize);
        }
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
            LingerMs = section.GetValue("LingerMs", defaults.LingerMs),
            ReplicationFactor = section.GetValue("ReplicationFactor", defaults.ReplicationFactor),
            MinInSyncReplicas = section.GetValue("MinInSyncReplicas", defaults.MinInSyncReplicas),
            ClientProperties = section.GetSection("ClientProperties").Get<Dictionary<string, string>>() ?? [],
        };
        return options.Problems() is { Count: > 0 } problems ? throw new InvalidOperationException(string.Join(' ', problems)) : options;
    }
}
