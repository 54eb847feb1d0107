using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Payments.EventStore.Postgres;
using Payments.Messaging.DeadLetters;
using Payments.Messaging.Replays;
using Payments.Messaging.Replays.Rehearsal;
using Payments.ServiceDefaults;
using Payments.Services.Capsules;

namespace Payments.Services.DeadLetters;

/// <summary>What a service needs to show, rehearse and replay the dead letters of its consumer.</summary>
internal static class DeadLetterRegistration
{
    public static void AddDeadLetters<TState, TEvent>(this WebApplicationBuilder builder, string consumer)
        where TState : class
    {
        var services = builder.Services;
        services.AddSingleton(provider => new DeadLetterReader(provider.GetRequiredService<LogDatabase>().Primary, consumer));
        services.AddSingleton(provider => new ReplayStore(provider.GetRequiredService<LogDatabase>().Primary));
        services.AddSingleton(provider => new EditRule(provider.GetRequiredService<OtherHistories>().FindInSourceAsync));
        services.AddSingleton<EditCheck<TState, TEvent>>();
        services.AddSingleton<DryRun<TState, TEvent>>();
        services.AddSingleton<ReplayControl>();
        services.AddWorker<ReplayRunner<TState, TEvent>>();
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, DeadLetterJson.Default));
    }
}
