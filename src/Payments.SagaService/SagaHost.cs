using Payments.Domain.Sagas;
using Payments.SagaService.Invariants;
using Payments.SagaService.Sagas;
using Payments.ServiceDefaults;
using Payments.Services;
using Payments.Services.History;
using Payments.Services.Invariants;

namespace Payments.SagaService;

/// <summary>Builds the host; Program runs it alone, Standalone runs all hosts in one process.</summary>
public static class SagaHost
{
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddServiceDefaults();
        var engine = new SagaEngine(new SagaTimeouts());
        builder.Services.AddSingleton(engine);
        builder.AddEventSourcedService("sagas", SagaAggregate.Definition, SagaAggregate.Consumer(engine), typeof(SagaHost).Assembly);
        builder.AddInlineProjection(SagaAggregate.Projection);
        builder.AddProjectionAudit<Saga, SagaEvent>(Audits.Table);
        builder.Services.AddHostedService<SagaClock>();

        var app = builder.Build();
        app.MapServiceDefaults();
        app.MapHistory();
        app.MapSagas();
        return app;
    }
}
