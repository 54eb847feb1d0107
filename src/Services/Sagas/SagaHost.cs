using Payments.Domain.Sagas;
using Payments.SagaService.Cards;
using Payments.SagaService.Invariants;
using Payments.SagaService.Operators;
using Payments.SagaService.Sagas;
using Payments.ServiceDefaults;
using Payments.Services;
using Payments.Services.Clocks;
using Payments.Services.History;
using Payments.Services.Metrics;

namespace Payments.SagaService;

/// <summary>Builds the host; Program runs it alone, Standalone runs all hosts in one process.</summary>
public static class SagaHost
{
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddServiceDefaults();
        var timeouts = SagaTimeoutOptions.From(builder.Configuration);
        var engine = new SagaEngine(timeouts);
        builder.Services.AddSingleton(engine);
        builder.AddEventSourcedService("sagas", SagaAggregate.Definition, SagaAggregate.Consumer(engine), typeof(SagaHost).Assembly);
        builder.AddMeasuredEvents(store => new SagaStreamMetrics(store).Begin().Events);
        builder.AddGauges(SagaStreamMetrics.Gauges);
        builder.AddInlineProjection(SagaAggregate.Projection);
        builder.Services.AddSingleton<ActOnSaga>();
        builder.Services.AddSingleton(ActOnSaga.Overtaken);
        builder.AddSetAside(
            SagaClock.Name, "Every saga whose deadline has passed is told: none is in a state that keeps it from being read.", "saga");
        builder.Services.AddWorker<SagaClock>();
        builder.AddCardStep();
        builder.AddSagaInvariants();
        builder.ShowSagaSettings(timeouts);

        var app = builder.Build();
        app.MapServiceDefaults();
        app.MapHistory();
        app.MapSagas();
        return app;
    }
}
