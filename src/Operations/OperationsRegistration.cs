using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Payments.EventStore.Postgres;
using Payments.EventStore.Sealing;
using Payments.Hosting;
using Payments.Operations.Approvals;
using Payments.Operations.Audit;
using Payments.Operations.Clocks;
using Payments.Operations.Consumers;
using Payments.Operations.EventResend;
using Payments.Operations.Events;
using Payments.Operations.Invariants;
using Payments.Operations.Projections;
using Payments.Operations.Settings;
using Payments.Operations.TimeTravel;
using Payments.ServiceDefaults.Clocks;

namespace Payments.Operations;

/// <summary>What operators see and do, the same in every event-sourced service.</summary>
public static class OperationsRegistration
{
    /// <param name="log">The name of the service's log.</param>
    public static WebApplicationBuilder AddOperations(this WebApplicationBuilder builder, string log)
    {
        var services = builder.Services;
        services.AddSingleton(new SchemaComponent("services", typeof(OperationsRegistration).Assembly));
        services.AddEventSearch();
        builder.ShowSharedSettings();
        builder.AddConsumers();
        builder.AddAudit();
        builder.AddApprovals();
        builder.AddProjectionControl();
        services.AddSingleton(provider => new Sealer(
            log,
            provider.GetRequiredService<LogDatabase>().RequireDirect("The sealer's lock"),
            SealLimits.Standard,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<Sealer>>()));
        services.AddWorker(provider => provider.GetRequiredService<Sealer>());
        services.AddSingleton<ClockReports>();
        services.AddHostedService(provider => provider.GetRequiredService<ClockReports>());
        services.AddHealthChecks().AddCheck<ClockReports>("log-time");
        return builder.AddEventResends().AddInvariants(log)
            .AddInvariant(ClocksAgree.Name, provider => new ClocksAgree(provider.GetRequiredService<NpgsqlDataSource>()).Invariant);
    }

    /// <summary>Adds what operators are served, to the admin routes of a service.</summary>
    public static void MapOperations<TState, TEvent>(this IEndpointRouteBuilder admin)
        where TState : class
    {
        admin.MapEvents();
        admin.MapTimeTravel<TState, TEvent>();
        admin.MapAudit();
        admin.MapApprovals();
        admin.MapProjections();
        admin.MapInvariants();
        admin.MapConsumers();
        admin.MapSettings();
        admin.MapEventResends();
    }
}
