using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Payments.EventStore.Postgres;
using Payments.Messaging.DeadLetters.Incidents;
using Payments.Messaging.DeadLetters.Replays;
using Payments.Messaging.DeadLetters.Replays.Rehearsal;
using Payments.Operations.Approvals;
using Payments.ServiceDefaults.Clocks;

namespace Payments.Messaging.DeadLetters;

/// <summary>What a service needs to show, rehearse and replay the dead letters of its consumer.</summary>
public static class DeadLetterRegistration
{
    /// <param name="log">The name of the service's log.</param>
    public static void AddDeadLetters<TState, TEvent>(this WebApplicationBuilder builder, string log, string consumer)
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
        OtherHistories.Add(builder, log);
        services.AddSingleton(provider => new OtherApprovals(provider.GetRequiredService<ReplayStore>().ListApprovalsAsync));
        if (builder.Environment.IsDevelopment())
        {
            services.ConfigureHttpJsonOptions(o => o.SerializerOptions.TypeInfoResolverChain.Add(PlantedFailureJson.Default));
        }

        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, DeadLetterJson.Default));
    }
}
