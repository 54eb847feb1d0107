using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Payments.EventStore.Postgres;
using Payments.Messaging.ConsumerStatuses;

namespace Payments.Services.Consumers;

/// <summary>What a service needs to tell how its consumer stands.</summary>
internal static class ConsumerRegistration
{
    public static void AddConsumerStatus(this WebApplicationBuilder builder, string consumer)
    {
        var services = builder.Services;
        services.AddSingleton(provider => new ConsumerStatus(
            consumer, MemberName(provider.GetRequiredService<TimeProvider>()), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ConsumerQueries>();
        services.AddSingleton<SteerConsumer>();
        services.AddHostedService(provider => ActivatorUtilities.CreateInstance<ConsumerStatusWriter>(
            provider, provider.GetRequiredService<LogDatabase>().Primary));
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, ConsumerJson.Default));
    }

    // Two in one process, and a process that has been started anew, are members of their own.
    private static string MemberName(TimeProvider clock) =>
        $"{Environment.MachineName}-{Environment.ProcessId}-{Guid.CreateVersion7(clock.GetUtcNow()).ToString("N")[^6..]}";
}
