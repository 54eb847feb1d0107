using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Payments.EventStore.Aggregates;
using Payments.EventStore.Partitions;
using Payments.Hosting.Metrics;
using Payments.Messaging.Consuming;

namespace Payments.Hosting;

/// <summary>Wires an event-sourced service: its database, its log, its aggregate, its topics and the consumer that commands it.</summary>
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
        builder.AddEventStore(database);
        builder.AddAggregate(aggregate);
        builder.AddBroker();
        builder.Services.AddHostedService(provider => ActivatorUtilities.CreateInstance<StartUp>(provider, database, sqlFiles));
        builder.Services.AddPartitionKeeper(database); // After the start-up, which makes the tables that it looks after.
        builder.AddRelay();
        builder.AddConsumer(consumer);
        builder.AddProjections();
        return builder.AddLogGauges();
    }
}
