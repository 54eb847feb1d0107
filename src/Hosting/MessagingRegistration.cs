using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Payments.EventStore.Postgres;
using Payments.Messaging.ConsumerStatuses;
using Payments.Messaging.Consuming;
using Payments.Messaging.Kafka;
using Payments.Messaging.Lineages;
using Payments.Messaging.Parking;
using Payments.Messaging.Relay;
using Payments.Messaging.Topics;
using Payments.ServiceDefaults.Clocks;

namespace Payments.Hosting;

/// <summary>A service's way to the broker and back: topics, the relay of its log, and the consumer that commands it.</summary>
public static class MessagingRegistration
{
    internal static void AddBroker(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton(ReadKafkaOptions(builder.Configuration));
        services.AddSingleton<KafkaClientFactory>();
        services.AddSingleton<KafkaHealthCheck>();
        services.AddHealthChecks().AddCheck<KafkaHealthCheck>("kafka", HealthStatus.Degraded);
        services.AddSingleton(new SplitSwitch(SplitSetting.Read(builder.Configuration)));
        services.AddHostedService<SplitSetting>();
        services.AddSingleton<TopicCreator>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<TopicKeeper>(provider, PlatformTopics.All));
    }

    internal static void AddRelay(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<RelayHealthCheck>();
        services.AddHealthChecks().AddCheck<RelayHealthCheck>("relay", HealthStatus.Degraded);
        services.AddHostedService(provider => provider.GetRequiredService<TopicKeeper>());
        services.AddWorker(provider => ActivatorUtilities.CreateInstance<OutboxRelay>(
            provider, provider.GetRequiredService<LogDatabase>().RequireDirect("The relay's lock")));
    }

    internal static void AddConsumer<TState, TEvent>(this WebApplicationBuilder builder, ConsumerDefinition<TState, TEvent> consumer)
        where TState : class
    {
        var services = builder.Services;
        if (builder.Environment.IsDevelopment())
        {
            services.AddSingleton<PlantedFailures>();
            services.AddSingleton(provider => WithPlantedFailures(consumer, provider.GetRequiredService<PlantedFailures>()));
        }
        else
        {
            services.AddSingleton(consumer);
        }

        services.AddSingleton(new RetryPolicy(ReadRetryOptions(builder.Configuration), new Random()));
        services.AddSingleton<IParkedMessages>(provider => new PostgresParkedMessages(provider.GetRequiredService<LogDatabase>().Primary));
        services.AddSingleton<ISourceLineages>(provider => new PostgresSourceLineages(provider.GetRequiredService<LogDatabase>().Primary));
        services.AddSingleton(provider => new ConsumerStatus(
            consumer.Name, MemberName(provider.GetRequiredService<TimeProvider>()), provider.GetRequiredService<TimeProvider>()));
        services.AddHostedService(provider => ActivatorUtilities.CreateInstance<ConsumerStatusWriter>(
            provider, provider.GetRequiredService<LogDatabase>().Primary));
        services.AddWorker<BatchConsumer<TState, TEvent>>();
        services.AddWorker<RetryWorker<TState, TEvent>>();
        services.AddWorker(provider => ActivatorUtilities.CreateInstance<DeadLetterCopier>(
            provider, provider.GetRequiredService<LogDatabase>().Primary));
    }

    /// <exception cref="InvalidOperationException">The configuration is out of its bounds.</exception>
    public static RetryOptions ReadRetryOptions(IConfiguration configuration)
    {
        var options = configuration.GetSection("Retries").Get<RetryOptions>() ?? new RetryOptions();
        return options.Problems() is { Count: > 0 } problems ? throw new InvalidOperationException(string.Join(' ', problems)) : options;
    }

    /// <exception cref="InvalidOperationException">No broker is configured, or the configuration is out of its bounds.</exception>
    public static KafkaOptions ReadKafkaOptions(IConfiguration configuration)
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

    // Two in one process, and a process that has been started anew, are members of their own.
    private static string MemberName(TimeProvider clock) =>
        $"{Environment.MachineName}-{Environment.ProcessId}-{Guid.CreateVersion7(clock.GetUtcNow()).ToString("N")[^6..]}";

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
}
